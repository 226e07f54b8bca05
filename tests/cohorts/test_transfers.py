"""A participant goes on with another cohort: one place, with its days, fee and agreement, and the registers of both as they were."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.actions import attendance, enrolments, transfers
from cohorts.models import Cohort, Enrolment, Session
from cohorts.progress import progress_of
from cohorts.progress.completion import standings
from cohorts.progress.dates import dates_of
from cohorts.states import Mark
from funding.models import FeeAgreement
from mentoring.actions import sessions as mentoring
from mentoring.models import Pair
from steppingup.accounts.actors import NotAllowed
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import (
    CohortFactory,
    ParticipantFactory,
    ProgrammeFactory,
    PublishedCohortFactory,
    RunningCohortFactory,
    SessionFactory,
    day,
    do_days,
)
from tests.factories.funding import AgreementFactory
from tests.factories.mentoring import confirmed_pair
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    return RunningCohortFactory()


@pytest.fixture
def new(old):
    return RunningCohortFactory(programme=old.programme, plan=old.plan, capacity=2, name="Autumn")


@pytest.fixture
def coordinator(old):
    return staff(provider=old.programme.provider)


@pytest.fixture
def person(old):
    return ParticipantFactory(cohort=old, peer_group=old.peer_groups.create(name="Avon"))


def meeting(cohort: Cohort, days_ago: int) -> Session:
    starts = timezone.make_aware(datetime.combine(day(-days_ago), time(0, 1)))
    ends = starts + timedelta(hours=3)
    return SessionFactory(cohort=cohort, starts_at=starts, ends_at=ends, days=Decimal("0.5"))


def in_register(session: Session) -> dict[int, str]:
    return {line.enrolment.pk: line.mark for line in attendance.register_of(session)}


def move(person: Enrolment, cohort: Cohort, by: Any, from_on: int = 0) -> Enrolment:
    return transfers.transfer(enrolment=person, cohort=cohort, from_on=day(from_on), by=by)


def test_days_and_registers_stay_and_what_comes_is_the_other_cohorts(old, new, person, coordinator):
    before, missed, there, coming = meeting(old, 20), meeting(old, 5), meeting(new, 5), meeting(new, 0)
    meeting(new, 20)
    attendance.mark(session=before, marks={person.pk: Mark.PRESENT}, by=coordinator)
    move(person, new, coordinator, -10)
    person.refresh_from_db()
    assert (person.cohort, person.peer_group) == (new, None)
    assert [date.session for date in dates_of(person)] == [before, there, coming]
    assert [in_register(session) for session in (missed, there)] == [{}, {person.pk: ""}]
    assert [standing.enrolment for standing in standings(new)] == [person]
    assert (list(standings(old)), progress_of(person).done) == ([], before.days)
    # The register of before is as it was, and can still be put right.
    assert in_register(before) == {person.pk: Mark.PRESENT}
    attendance.mark(session=before, marks={person.pk: Mark.ABSENT}, by=coordinator)
    assert progress_of(person).done == 0
    told = {message.kind: message.to for message in Message.objects.all()}
    assert told == {"cohorts.transferred": person.participant, "cohorts.manager_transferred": person.line_manager}
    move(person, old, coordinator)
    assert [in_register(session) for session in (missed, there, coming)] == [{}, {person.pk: ""}, {}]


def test_a_group_of_the_new_cohort_begins_with_it(old, new, person, coordinator):
    move(person, new, coordinator, -10)
    group = new.peer_groups.create(name="Red")
    with pytest.raises(NotPossible, match="joined on"):
        enrolments.place_in_group(enrolment=person, peer_group=group, from_on=day(-11), by=coordinator)
    enrolments.place_in_group(enrolment=person, peer_group=group, from_on=day(-10), by=coordinator)
    spans = [(span.cohort, span.peer_group and span.peer_group.name) for span in person.memberships.all()]
    assert spans == [(old, "Avon"), (new, "Red")]


def test_nobody_moves_where_they_cannot_be(old, new, person, coordinator):
    attendance.mark(session=meeting(old, 5), marks={person.pk: Mark.PRESENT}, by=coordinator)
    elsewhere = RunningCohortFactory(programme=ProgrammeFactory(provider=old.programme.provider))
    for cohort, from_on, sentence in (
        (old, 0, "already"),
        (elsewhere, 0, "belongs to another programme"),
        (new, 1, "in the future"),
        (new, -5, "so they go on after it"),
        (new, -400, "so they go on after it"),
    ):
        with pytest.raises(NotPossible, match=sentence), transaction.atomic():
            move(Enrolment.objects.get(pk=person.pk), cohort, coordinator, from_on)
    with pytest.raises(NotAllowed):
        move(person, RunningCohortFactory(), coordinator)
    with pytest.raises(NotAllowed):
        move(person, new, person.participant)
    AgreementFactory(person=person.participant, cohort=new)
    with pytest.raises(NotPossible, match="a fee of theirs for"), transaction.atomic():
        move(person, new, coordinator)
    FeeAgreement.objects.all().delete()
    twice = ParticipantFactory(cohort=new, participant=person.participant)
    with pytest.raises(NotPossible, match="already have, or had, a place on"), transaction.atomic():
        move(person, new, coordinator)
    enrolments.withdraw(enrolment=twice, reason="A new job.", by=coordinator)
    with pytest.raises(NotPossible, match="only while somebody is on the programme"), transaction.atomic():
        move(twice, old, coordinator)
    draft = PublishedCohortFactory(programme=old.programme, plan=old.plan)
    Cohort.objects.filter(pk=draft.pk).update(capacity=1)
    ParticipantFactory(cohort=draft)
    with pytest.raises(NotPossible, match="are taken"):
        move(person, draft, coordinator)
    with pytest.raises(IntegrityError, match="no place left"), transaction.atomic():
        Enrolment.objects.filter(pk=person.pk).update(cohort=draft)
    assert not person.memberships.exclude(cohort=old).exists()


def test_a_cohort_that_takes_nobody_is_not_offered(old, new, person, coordinator):
    assert list(transfers.cohorts_for(person)) == [new]
    draft = CohortFactory(programme=old.programme, plan=old.plan)
    assert draft not in transfers.cohorts_for(person)
    with pytest.raises(NotPossible, match="is not taking participants"):
        move(person, draft, coordinator)


def test_the_page_says_what_follows_and_the_fee_goes_along(old, new, person, coordinator, in_admin):
    agreement = AgreementFactory(person=person.participant, cohort=old, enrolment=person)
    url = reverse("admin:cohorts_enrolment_step", args=[person.pk, "transfer"])
    client = in_admin(coordinator)
    assert "2 places free" in client.get(url).text
    asked = {"filled": "yes", "cohort": new.pk, "from_on": day(-1).isoformat()}
    page = client.post(url, asked).text
    assert "They leave the peer group Avon" in page
    assert person.participant.email in page
    take_step(client, url, **asked)
    person.refresh_from_db()
    agreement.refresh_from_db()
    assert (person.cohort, agreement.cohort) == (new, new)
    shown = client.get(reverse("admin:cohorts_enrolment_change", args=[person.pk])).text
    assert "Moved to another cohort" in shown


def another_plan(programme, **days: Any) -> Cohort:
    """A running cohort whose plan has other days for these parts; none leaves the part out."""
    cohort = RunningCohortFactory(programme=programme)
    for key, number in days.items():
        parts = cohort.plan.components.filter(key=key)
        parts.update(least=number, most=number) if number else parts.delete()
    return cohort


def test_days_go_along_to_another_plan_part_by_part_and_what_does_not_count_is_said(old, person, coordinator, in_admin):
    """Two half days of modules and a day of peer learning; there are no peer groups there, and half a day of modules."""
    sessions = [meeting(old, ago) for ago in (20, 19)]
    for session in sessions:
        attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=coordinator)
    do_days(person, "peer", 1)
    new = another_plan(old.programme, modules=Decimal("0.5"), peer=None)
    url = reverse("admin:cohorts_enrolment_step", args=[person.pk, "transfer"])
    browser = in_admin(coordinator)
    asked = {"cohort": new.pk, "from_on": f"{day(0)}"}
    shown = browser.post(url, {**asked, "filled": "yes"}).text
    lost = f"The plan of {new} has no room for ½ day of Modules and 1 day of Peer learning"
    assert lost in shown
    assert f"{new} asks for 5½ days, {old} for 8 days. What was signed stays as it was signed." in shown
    take_step(browser, url, **asked)
    assert {lost in message.text for message in Message.objects.all()} == {True}
    person.refresh_from_db()
    parts = {part.component.key: (part.done, part.counted) for part in progress_of(person).components}
    nothing, half = (Decimal(0), Decimal(0)), Decimal("0.5")
    assert parts == {"modules": (Decimal(1), half), "stretch": nothing, "mentoring": nothing}
    on_page = progress_of(person).in_quarters().counted
    client = Client()
    client.force_login(person.participant)
    assert f"of {english.days(Decimal('5.5'))}" in client.get(reverse("cohorts:participant", args=[person.pk])).text
    assert on_page == half
    # A register of before can still be put right, and the way back counts all of it again.
    attendance.mark(session=sessions[0], marks={person.pk: Mark.ABSENT}, by=coordinator)
    attendance.mark(session=sessions[0], marks={person.pk: Mark.PRESENT}, by=coordinator)
    assert progress_of(Enrolment.objects.get(pk=person.pk)).done == 1
    move(person, old, coordinator)
    assert progress_of(Enrolment.objects.get(pk=person.pk)).done == 2


def test_minutes_count_as_the_plan_of_their_day_says(old, coordinator):
    """An hour and a half is ¼ of six hours there, and was less of seven before; nothing is posted twice."""
    person = ParticipantFactory(cohort=old)
    pair = confirmed_pair(person)
    Pair.objects.update(confirmed_at=timezone.now() - timedelta(days=30))
    pair.refresh_from_db()
    record = partial(mentoring.record, pair=pair, mode="phone", by=person.participant)
    record(on=day(-9), minutes=210)
    new = another_plan(old.programme)
    new.plan.components.filter(key="mentoring").update(minutes_per_day=360)
    move(person, new, coordinator, -5)
    record(on=day(-2), minutes=90)
    assert progress_of(Enrolment.objects.get(pk=person.pk)).recorded_by("pair")[0].done == Decimal("0.75")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    done=st.dictionaries(st.sampled_from(["modules", "peer", "stretch"]), st.sampled_from([1, 2, 3]), max_size=3),
    there=st.dictionaries(
        st.sampled_from(["modules", "peer", "stretch"]), st.sampled_from([None, 1, 2, 4]), max_size=3
    ),
)
def test_what_counts_there_is_what_the_page_before_said(old, coordinator, done, there):
    with transaction.atomic():
        person, new = ParticipantFactory(cohort=old), another_plan(old.programme, **there)
        for key, number in done.items():
            do_days(person, key, number)
        said = transfers.days_that_count(person, new)
        move(person, new, coordinator)
        limits = {part.key: part.days for part in new.plan.components.all()}
        planned = {part.key: part.days for part in old.plan.components.all()}
        counted = {key: min(days, planned[key]) for key, days in done.items()}
        less = {key: days - min(days, limits.get(key, 0)) for key, days in counted.items()}
        assert ("no room for" in said) == any(less.values())
        assert all(f"{english.days_counted(lost)} of " in said for lost in less.values() if lost)
        after = progress_of(Enrolment.objects.get(pk=person.pk)).counted
        assert after == sum(min(days, limits.get(key, 0)) for key, days in done.items())
        transaction.set_rollback(True)
