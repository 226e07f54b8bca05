"""What happened is read as of its day: who was in which group, worked for whom, and whose line manager saw what."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import attendance, belonging, completion, enrolments
from cohorts.models import CompletionRule, DayEntry, Enrolment, Membership, Session
from cohorts.progress import progress_of
from cohorts.progress.dates import dates_of
from cohorts.queries import behind
from cohorts.states import EnrolmentStatus, Mark
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.dates import moment_of
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.short_pages import whole
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return RunningCohortFactory()


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


@pytest.fixture
def groups(cohort):
    return [cohort.peer_groups.create(name=name) for name in ("Avon", "Frome")]


@pytest.fixture
def person(cohort, groups):
    return ParticipantFactory(cohort=cohort, peer_group=groups[0])


def meeting(cohort, days_ago: int, group: Any = None, **more: Any) -> Session:
    starts = timezone.make_aware(datetime.combine(day(-days_ago), time(0, 1)))
    return SessionFactory(
        cohort=cohort,
        peer_group=group,
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        days=Decimal("0.5"),
        **more,
    )


def register(session: Session) -> dict[int, str]:
    return {line.enrolment.pk: line.mark for line in attendance.register_of(session)}


def mark(session: Session, person: Enrolment, given: str, by: Any) -> None:
    attendance.mark(session=session, marks={person.pk: given}, by=by)


# -- groups ----------------------------------------------------------------------------------------


def test_another_group_changes_no_register_of_before(cohort, groups, person, coordinator):
    avon, frome = (meeting(cohort, 20, group) for group in groups)
    mark(avon, person, Mark.PRESENT, coordinator)
    enrolments.place_in_group(enrolment=person, peer_group=groups[1], by=coordinator)
    assert (register(avon), register(frome)) == ({person.pk: Mark.PRESENT}, {})
    with pytest.raises(NotPossible, match="no longer on the list"):  # one morning is not two half-days
        mark(frome, person, Mark.PRESENT, coordinator)
    mark(avon, person, Mark.ABSENT, coordinator)  # her old mark can be mended
    assert progress_of(person).done == 0
    assert [date.session for date in dates_of(person)] == [avon]
    assert [register(meeting(cohort, 0, group)) for group in groups] == [{}, {person.pk: ""}]


def test_a_change_from_a_day_in_the_past_is_as_of_that_day_and_says_which_marks_stay(
    cohort, groups, person, coordinator, in_admin
):
    before, after = meeting(cohort, 20, groups[0]), meeting(cohort, 10, groups[0], title="Peer learning 2")
    other = meeting(cohort, 10, groups[1])
    mark(after, person, Mark.PRESENT, coordinator)
    url = reverse("admin:cohorts_enrolment_step", args=[person.pk, "place_in_group"])
    asked = {"filled": "yes", "peer_group": groups[1].pk, "from_on": day(-12).isoformat()}
    page = in_admin(coordinator).post(url, asked)
    assert "Peer learning 2 of Avon" in page.text
    assert "This mark stays as it is" in page.text
    take_step(in_admin(coordinator), url, **asked)
    person.refresh_from_db()
    assert person.peer_group == groups[1]
    # Where she is marked, her mark can still be put right.
    assert [register(one) for one in (before, after, other)] == [
        {person.pk: ""},
        {person.pk: "present"},
        {person.pk: ""},
    ]


def test_what_is_said_again_joins_what_was_before(person, groups, coordinator):
    for group, from_on in ((groups[1], -30), (None, -20), (groups[0], -20), (groups[0], -30)):
        enrolments.place_in_group(enrolment=person, peer_group=group, from_on=day(from_on), by=coordinator)
    only = person.memberships.get()
    assert (only.peer_group, only.ends_on) == (groups[0], None)


def test_a_group_has_no_register_to_take_while_nobody_was_in_it(cohort, groups, person):
    theirs, _ = (meeting(cohort, 3, group) for group in groups)
    assert list(Session.objects.without_a_register()) == [theirs]


# -- joining and leaving ---------------------------------------------------------------------------


def test_whoever_joined_late_is_not_behind_by_what_was_before(cohort, coordinator):
    early, late = meeting(cohort, 40), meeting(cohort, 5)
    person = ParticipantFactory(cohort=cohort, enrolled_at=timezone.now() - timedelta(days=20))
    assert (register(early), register(late)) == ({}, {person.pk: ""})
    assert [date.session for date in dates_of(person)] == [late]
    Session.objects.update(days=1)
    old = early.attendances.create(enrolment=person, mark=Mark.ABSENT)  # as it was possible before
    assert not behind(Enrolment.objects.all()).exists()
    assert register(early) == {person.pk: Mark.ABSENT}
    old.delete()
    mark(late, person, Mark.ABSENT, coordinator)
    assert behind(Enrolment.objects.all()).get() == person


def test_whoever_has_left_can_be_marked_for_the_days_before_and_no_later(cohort, person, coordinator):
    before, after = meeting(cohort, 10), meeting(cohort, 4)
    mark(before, person, Mark.ABSENT, coordinator)
    enrolments.withdraw(enrolment=person, reason="A new job.", on=day(-5), by=coordinator)
    person.refresh_from_db()
    assert timezone.localdate(person.withdrawn_at) == day(-5)
    assert (register(before), register(after)) == ({person.pk: Mark.ABSENT}, {})
    mark(before, person, Mark.PRESENT, coordinator)
    assert progress_of(person).done == before.days
    assert [date.session for date in dates_of(person)] == [before]
    with pytest.raises(NotPossible, match="no longer on the list"):
        mark(after, person, Mark.PRESENT, coordinator)


def test_nobody_leaves_before_a_day_that_is_recorded_or_in_the_future(cohort, person, coordinator):
    mark(meeting(cohort, 10), person, Mark.PRESENT, coordinator)
    for on, sentence in ((-11, "A day is recorded for"), (1, "in the future"), (-500, "Enter that day or a later one")):
        with pytest.raises(NotPossible, match=sentence):
            enrolments.withdraw(enrolment=person, reason="A new job.", on=day(on), by=coordinator)
    enrolments.place_in_group(enrolment=person, peer_group=None, from_on=day(-8), by=coordinator)
    with pytest.raises(NotPossible, match="group, employer or line manager changed on"):
        enrolments.withdraw(enrolment=person, reason="A new job.", on=day(-9), by=coordinator)
    assert not Message.objects.exists()
    enrolments.place_in_group(
        enrolment=person, peer_group=person.cohort.peer_groups.first(), from_on=day(-8), by=coordinator
    )
    enrolments.withdraw(enrolment=person, reason="A new job.", on=day(-10), by=coordinator)
    assert person.memberships.get().last_day == day(-10)


def test_whoever_comes_back_was_away_in_between(cohort, person, coordinator):
    ago = {days: meeting(cohort, days) for days in (30, 20, 10, 0)}
    mark(ago[30], person, Mark.PRESENT, coordinator)
    enrolments.withdraw(enrolment=person, reason="Illness.", on=day(-25), by=coordinator)
    with pytest.raises(NotPossible, match="They left on"):
        enrolments.come_back(enrolment=person, on=day(-26), by=coordinator)
    with pytest.raises(NotAllowed):
        enrolments.come_back(enrolment=person, on=day(-15), by=staff())
    enrolments.come_back(enrolment=person, on=day(-15), by=coordinator)
    person.refresh_from_db()
    assert (person.status, person.withdrawn_at) == (EnrolmentStatus.ENROLLED, None)
    assert [person.pk in register(session) for session in ago.values()] == [True, False, True, True]
    assert Message.objects.filter(kind="cohorts.came_back").get().to == person.participant
    assert Message.objects.filter(kind="cohorts.manager_came_back").get().to == person.line_manager
    assert [span.starts_on for span in person.memberships.all()][1:] == [day(-15)]


def test_completion_carries_the_day_that_was_given(cohort, person, coordinator):
    CompletionRule.objects.create(cohort=cohort, minimum="0.5")
    mark(meeting(cohort, 10), person, Mark.PRESENT, coordinator)
    for on, sentence in ((-11, "A day is recorded"), (1, "in the future")):
        with pytest.raises(NotPossible, match=sentence):
            completion.complete(enrolment=person, on=day(on), by=coordinator)
    completion.complete(enrolment=person, on=day(-9), by=coordinator)
    assert person.completed_at == moment_of(day(-9))


# -- employer and line manager ---------------------------------------------------------------------


def test_a_new_line_manager_sees_the_sessions_from_their_day_on(cohort, person, coordinator, client):
    for ago in (20, 5):
        mark(meeting(cohort, ago, title=f"Session of {ago}"), person, Mark.PRESENT, coordinator)
    before = person.line_manager
    enrolments.change_line_manager(
        enrolment=person, name="Jo Lee", email="jo@example.org", from_on=day(-10), by=coordinator
    )
    person.refresh_from_db()
    page = reverse("cohorts:managed", args=[person.pk])
    client.force_login(person.line_manager)
    shown = whole(client, page)
    assert "Session of 5" in shown
    assert "Session of 20" not in shown
    assert "Sessions before that are not shown" in shown
    assert "at 1 of 1 sessions" in client.get(reverse("cohorts:team")).text
    client.force_login(before)
    assert client.get(page).status_code == 404
    client.force_login(person.participant)
    assert "Session of 20" in whole(client, reverse("cohorts:participant", args=[person.pk]))


def test_another_employer_from_a_day_on(person, coordinator, in_admin):
    before, new = person.employer, OrganisationFactory(name="Avon Water")
    url = reverse("admin:cohorts_enrolment_step", args=[person.pk, "change_employer"])
    take_step(in_admin(coordinator), url, employer=new.pk, from_on=day(-7).isoformat())
    person.refresh_from_db()
    assert person.employer == new
    assert [(span.employer, span.last_day) for span in person.memberships.all()] == [(before, day(-8)), (new, None)]
    page = in_admin(coordinator).get(reverse("admin:cohorts_enrolment_change", args=[person.pk])).text
    assert "Avon Water" in page
    assert str(before) in page


# -- the database ----------------------------------------------------------------------------------


def test_no_day_has_two_memberships(person):
    for starts, ends in ((-500, None), (-50, -40), (0, 1)):
        with pytest.raises(IntegrityError, match="membership_one_a_day"), transaction.atomic():
            Membership.objects.create(
                enrolment=person,
                cohort=person.cohort,
                employer=person.employer,
                starts_on=day(starts),
                ends_on=ends and day(ends),
            )
    with pytest.raises(IntegrityError, match="membership_ends_after"), transaction.atomic():
        person.memberships.update(ends_on=person.memberships.get().starts_on)


def test_whoever_writes_the_place_without_the_steps_leaves_its_past_alone(person, groups):
    manager = UserFactory()
    Enrolment.objects.filter(pk=person.pk).update(line_manager=manager, peer_group=groups[1])
    Enrolment.objects.filter(pk=person.pk).update(peer_group=groups[0])
    old, new = person.memberships.all()
    assert (old.line_manager, old.ends_on, old.peer_group) == (person.line_manager, day(0), groups[0])
    assert (new.line_manager, new.starts_on, new.peer_group) == (manager, day(0), groups[0])
    assert belonging.why_not_on(person, day(0)) == ""
    assert DayEntry.objects.count() == 0
