"""Who is stuck: why somebody is in the list, what can be done there, and when they leave it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import following_up, pausing
from cohorts.actions.arranging import arrange_for
from cohorts.actions.attendance import mark
from cohorts.desk.stuck import rows_of, watched
from cohorts.models import CompletionRule, Enrolment, FollowUp, Session
from cohorts.progress.stuck import troubles_of
from cohorts.states import COHORT, SignedBefore
from steppingup.accounts.actors import NotAllowed
from steppingup.desk import workspace
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from tests.factories.accounts import UserFactory, staff
from tests.factories.agreements import asked_by
from tests.factories.cohorts import (
    CohortFactory,
    ParticipantFactory,
    RunningCohortFactory,
    SessionFactory,
    complete,
    day,
    do_days,
)
from tests.factories.mentoring import confirmed_pair
from tests.factories.modules import registered
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    """Yesterday the programme began: nothing speaks against them yet."""
    return ParticipantFactory(cohort=RunningCohortFactory(starts_on=day(-1)))


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


def kinds(person, viewer) -> set[str]:
    return {one.kind.key for one in troubles_of(watched(Enrolment.objects.filter(pk=person.pk)), viewer)}


def began(person, ago, length=240):
    cohort = person.cohort
    cohort.starts_on, cohort.ends_on = day(-ago), day(length - ago)
    cohort.save()
    Enrolment.objects.filter(pk=person.pk).update(enrolled_at=timezone.now() - timedelta(days=ago + 5))
    person.refresh_from_db()


def at(person, offset):
    found = SessionFactory(cohort=person.cohort)
    starts = found.starts_at + timedelta(days=offset - 7)
    Session.objects.filter(pk=found.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=7))
    found.refresh_from_db()
    return found


def test_nothing_speaks_against_somebody_who_has_just_begun(person, coordinator):
    assert kinds(person, coordinator) == set()


def test_whoever_did_nothing_for_a_month_and_not_whoever_paused(person, coordinator):
    began(person, 60)
    assert "no_days" in kinds(person, coordinator)
    pausing.pause(enrolment=person, starts_on=day(-40), ends_on=day(-5), by=coordinator)
    assert "no_days" not in kinds(person, coordinator)


def test_whoever_works_is_not_in_it(person, coordinator):
    began(person, 60)
    do_days(person, "stretch", 1)
    assert "no_days" not in kinds(person, coordinator)


def test_whoever_was_absent_the_last_two_times_and_not_whoever_was_excused(person, coordinator):
    began(person, 30)
    for offset, given in ((-20, "present"), (-12, "absent"), (-5, "absent")):
        mark(session=at(person, offset), marks={person.pk: given}, by=coordinator)
    assert "absent" in kinds(person, coordinator)
    mark(session=at(person, -2), marks={person.pk: "excused"}, by=coordinator)
    assert "absent" not in kinds(person, coordinator)


def test_whoever_has_no_assignment_eight_weeks_before_it_has_to_begin(person, coordinator):
    began(person, 120)
    assert "no_placement" not in kinds(person, coordinator)
    began(person, 180)
    assert "no_placement" in kinds(person, coordinator)


def test_whoever_cannot_complete_any_more_and_whoever_will_not_at_this_pace(person, coordinator):
    began(person, 100)
    modules = person.cohort.plan.components.get(key="modules")
    CompletionRule.objects.create(cohort=person.cohort, component=modules, minimum=2)
    mark(session=at(person, -9), marks={person.pk: "excused"}, by=coordinator)
    at(person, 9)
    first = troubles_of(watched(Enrolment.objects.filter(pk=person.pk)), coordinator)[0]
    assert first.kind.key == "out_of_reach"
    assert "1 day of Modules cannot be done any more" in first.why


def test_whoever_will_fall_short_at_this_pace(person, coordinator):
    began(person, 200)
    do_days(person, "stretch", Decimal("0.5"))
    assert "short" in kinds(person, coordinator)


def test_an_agreement_that_was_to_be_signed_before_the_start(person, coordinator):
    asked_by(person.cohort, SignedBefore.START, title="The pledge")
    arrange_for(person)
    assert "unsigned" in kinds(person, coordinator)


def test_an_email_that_did_not_arrive(person, coordinator):
    pausing.pause(enrolment=person, starts_on=day(20), by=coordinator)
    Message.objects.filter(to=person.participant).update(status=MessageStatus.FAILED)
    assert "no_mail" in kinds(person, coordinator)


def test_no_meeting_with_the_mentor_for_six_weeks(person, coordinator):
    pair = confirmed_pair(person)
    assert "not_met" not in kinds(person, coordinator)
    type(pair).objects.filter(pk=pair.pk).update(confirmed_at=timezone.now() - timedelta(weeks=7))
    assert "not_met" in kinds(person, coordinator)


def test_no_reason_says_its_title_again(person, coordinator):
    """Both stand side by side, in the list and in the file."""
    began(person, 180)
    asked_by(person.cohort, SignedBefore.START, title="The pledge")
    arrange_for(person)
    confirmed = confirmed_pair(person)
    type(confirmed).objects.filter(pk=confirmed.pk).update(confirmed_at=timezone.now() - timedelta(weeks=7))
    for offset in (-12, -5):
        mark(session=at(person, offset), marks={person.pk: "absent"}, by=coordinator)
    Message.objects.filter(to=person.participant).update(status=MessageStatus.FAILED)
    found = troubles_of(watched(Enrolment.objects.filter(pk=person.pk)), coordinator)
    assert {"unsigned", "not_met", "no_mail", "absent", "no_placement"} <= {one.kind.key for one in found}
    small = {"a", "an", "the", "no", "not", "to", "of", "on", "with", "did"}
    again = {
        one.kind.key: (set(one.kind.title.lower().split()) & set(one.why.lower().split())) - small for one in found
    }
    assert not any(again.values()), again


def test_a_qualification_that_is_overdue(person, coordinator):
    registration = registered(person)
    type(registration).objects.filter(pk=registration.pk).update(registered_on=day(-400), due_on=day(-1))
    assert "qualification" in kinds(person, coordinator)


def test_nobody_of_a_cohort_that_is_over_nor_whoever_has_completed(person, coordinator):
    began(person, 60)
    other = ParticipantFactory(cohort=person.cohort)
    complete(other)
    assert [one.pk for one in watched(Enrolment.objects.all())] == [person.pk]
    COHORT.move(person.cohort, "finish")
    assert not watched(Enrolment.objects.all())


def test_who_is_stuck_is_written_to_left_to_later_and_somebody_s_task(person, coordinator):
    began(person, 60)
    following_up.nudge(enrolment=person, kind="no_days", own_words="Ring me.", by=coordinator)
    message = Message.objects.get(kind="cohorts.nudge")
    assert "We have not seen any days of yours for a month" in message.text
    assert "Ring me." in message.text
    following_up.assign_trouble(enrolment=person, kind="no_days", owner=coordinator, by=coordinator)
    following_up.snooze(enrolment=person, kind="no_days", until=day(9), reason="Rang on Monday", by=coordinator)
    row = next(
        one for one in rows_of(watched(Enrolment.objects.all()), coordinator) if one.trouble.kind.key == "no_days"
    )
    assert (row.owner, row.is_asleep, row.written) == (coordinator, True, day(0))


def test_what_is_not_so_is_not_written_about(person, coordinator):
    with pytest.raises(NotPossible, match="not so any more"):
        following_up.nudge(enrolment=person, kind="no_days", by=coordinator)
    began(person, 60)
    with pytest.raises(NotPossible, match="a day after today"):
        following_up.snooze(enrolment=person, kind="no_days", until=day(0), reason="x", by=coordinator)
    with pytest.raises(NotPossible, match="does not run this cohort"):
        following_up.assign_trouble(enrolment=person, kind="no_days", owner=UserFactory(), by=coordinator)
    pausing.pause(enrolment=person, starts_on=day(1), by=coordinator)
    Message.objects.filter(to=person.participant).update(status=MessageStatus.FAILED)
    with pytest.raises(NotPossible, match="not written to about this"):
        following_up.nudge(enrolment=person, kind="no_mail", by=coordinator)
    themselves = staff(provider=person.cohort.programme.provider)
    own = ParticipantFactory(cohort=person.cohort, participant=themselves)
    with pytest.raises(NotAllowed, match="look after yourself"):
        following_up.nudge(enrolment=own, kind="no_days", by=themselves)
    with pytest.raises(NotPossible, match="is not on the programme"):
        following_up.nudge(enrolment=complete(person), kind="no_days", by=coordinator)


def test_the_page_shows_what_to_do_and_one_press_leads_to_the_letter(client, person, coordinator):
    began(person, 60)
    with_second_factor(client, coordinator)
    address = reverse("admin:cohorts_enrolment_stuck")
    page = client.get(address).content.decode()
    assert str(person.participant) in page
    assert "No days for a month" in page
    step = reverse("admin:cohorts_enrolment_step", args=[person.pk, "nudge"])
    shown = client.post(step, {"filled": "yes", "kind": "no_days"}).content.decode()
    assert "We have not seen any days of yours for a month" in shown
    assert not Message.objects.filter(kind="cohorts.nudge").exists()
    later = reverse("admin:cohorts_enrolment_step", args=[person.pk, "snooze"])
    for kind in kinds(person, coordinator):
        assert f"{later}?kind={kind}" in page
        assert f'value="{kind}" selected' in client.get(f"{later}?kind={kind}").content.decode()
    FollowUp.objects.create(enrolment=person, kind="no_days", snoozed_until=day(9), reason="Rang")
    assert "No days for a month</strong>" not in client.get(address).content.decode()
    assert "Rang" in client.get(f"{address}?show=later").content.decode()
    assert "Nothing is your task" in client.get(f"{address}?show=mine").content.decode()
    lines = b"".join(client.get(f"{address}?export=csv").streaming_content).decode()
    assert lines.startswith("\ufeffParticipant,Cohort,What,Why")
    assert client.get(f"{address}?cohort=x&kind=none&p=zz").status_code == 200


def test_staff_of_another_provider_see_nobody(client, person):
    began(person, 60)
    with_second_factor(client, staff())
    page = client.get(reverse("admin:cohorts_enrolment_stuck")).content.decode()
    assert str(person.participant) not in page


def test_the_overview_leads_to_who_is_stuck_and_fetches_the_first_of_them(client, person, coordinator):
    began(person, 60)
    with_second_factor(client, coordinator)
    part = reverse("admin:cohorts_enrolment_first_stuck", args=[person.cohort_id])
    overview = client.get(workspace.address_of(person.cohort)).content.decode()
    assert f'data-part="{part}"' in overview
    assert "No days for a month" not in overview
    first = client.get(part).content.decode()
    assert str(person.participant) in first
    assert "No days for a month" in first
    FollowUp.objects.create(enrolment=person, kind="no_days", snoozed_until=day(9), reason="Rang")
    assert "No days for a month" not in client.get(part).content.decode()


def test_of_a_cohort_that_is_not_under_way_nobody_is_shown_and_it_says_why(client, person, coordinator):
    began(person, 60)
    with_second_factor(client, coordinator)
    other = CohortFactory(programme=person.cohort.programme, plan=person.cohort.plan)
    address = reverse("admin:cohorts_enrolment_stuck")
    assert str(person.participant) in client.get(address).text
    page = client.get(f"{address}?cohort={other.pk}").text
    assert str(person.participant) not in page
    assert "This cohort is not under way, so nobody is stuck in it." in page
    assert f'<option value="{other.pk}" selected>' in page
    assert f'<option value="{person.cohort_id}">' in page


def test_where_nobody_is_stuck_the_overview_says_so(client, person, coordinator):
    with_second_factor(client, coordinator)
    part = reverse("admin:cohorts_enrolment_first_stuck", args=[person.cohort_id])
    assert "Nobody is stuck at the moment." in client.get(part).content.decode()


def test_of_what_is_lost_on_one_day_what_weighs_most_comes_first_and_nothing_is_lost_in_the_past(person, coordinator):
    modules = person.cohort.plan.components.get(key="modules")
    CompletionRule.objects.create(cohort=person.cohort, component=modules, minimum=99)
    began(person, 200)
    found = troubles_of(watched(Enrolment.objects.filter(pk=person.pk)), coordinator)
    assert found[0].kind.key == "out_of_reach"
    assert all(one.by >= day(0) for one in found)
    assert [(one.by, one.kind.order) for one in found] == sorted((one.by, one.kind.order) for one in found)
