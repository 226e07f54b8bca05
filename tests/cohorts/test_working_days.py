"""Who works part time says on which days: whoever plans a date is told before it is set, and the forecast counts with these days."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cohorts.actions import working_days
from cohorts.models import Placement
from cohorts.planning import checks
from cohorts.planning.checks import Meeting
from cohorts.progress import progress_of
from cohorts.progress.forecast import _weekdays, forecast_of
from steppingup.accounts.actors import NotAllowed
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day, do_days
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = 0, 1, 2, 4


@pytest.fixture
def person():
    return ParticipantFactory(participant__full_name="Amara Okafor", line_manager=UserFactory())


def at_next(weekday: int) -> datetime:
    """Ten o'clock on this day of the week, a fortnight from now or later."""
    found = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=14)
    return found + timedelta(days=(weekday - found.weekday()) % 7)


def meeting(person, weekday: int) -> Meeting:
    moment = at_next(weekday)
    return Meeting(person.cohort, None, moment, moment + timedelta(hours=3))


def says(person, *days: int, by=None):
    return working_days.say_working_days(enrolment=person, works_on=days, by=by or person.participant)


def test_whoever_plans_a_session_on_their_day_off_is_told_who_does_not_work(person):
    says(person, MONDAY, WEDNESDAY)
    ParticipantFactory(cohort=person.cohort)  # who has said nothing
    assert "Amara Okafor does not work on Fridays." in checks.warnings(meeting(person, FRIDAY))
    assert "Amara Okafor does not work on Wednesdays." not in checks.warnings(meeting(person, WEDNESDAY))


def test_of_many_some_are_named_and_the_others_counted(person):
    says(person, MONDAY)
    for one in ParticipantFactory.create_batch(7, cohort=person.cohort):
        says(one, MONDAY)
    said = next(one for one in checks.warnings(meeting(person, FRIDAY)) if "Fridays" in one)
    assert said.endswith("and 3 others do not work on Fridays.")


def test_what_was_done_on_a_day_off_stays_and_counts(person):
    do_days(person, "stretch", 2)
    before = progress_of(person).done
    says(person, (timezone.localdate().weekday() + 3) % 7)
    assert progress_of(person).done == before


def test_who_works_one_day_a_week_can_do_as_many_days_as_there_are_of_it(person):
    cohort = person.cohort
    cohort.ends_on = day(28)
    cohort.save()
    part = cohort.plan.components.get(key="stretch")
    Placement.objects.create(
        enrolment=person, component=part, host=OrganisationFactory(), kind="project", title="A map", starts_on=day(-5)
    )

    def possible() -> Decimal:
        return next(one for one in forecast_of(person).parts if one.part.component == part).possible

    assert possible() == min(part.days, 20)
    says(person, TUESDAY)
    person.refresh_from_db()
    tuesdays = [at for at in range(29) if day(at).weekday() == TUESDAY]
    assert possible() == min(part.days, len(tuesdays))


@given(st.dates(), st.integers(0, 800), st.sets(st.integers(0, 6), min_size=1))
def test_days_of_the_week_are_counted_as_if_one_by_one(start, length, works_on):
    if (start.max - start).days <= length:
        return
    end = start + timedelta(days=length)
    one_by_one = sum((start + timedelta(days=at)).weekday() in works_on for at in range(length + 1))
    assert _weekdays(start, end, works_on) == one_by_one


def test_they_say_it_on_their_calendar_and_read_it_there_as_their_manager_does(client, person):
    moment = at_next(FRIDAY)
    SessionFactory(cohort=person.cohort, starts_at=moment, ends_at=moment + timedelta(hours=6))
    client.force_login(person.participant)
    address = reverse("cohorts:working_days", args=[person.pk])
    assert "Choose at least one day." in client.post(address, {}).content.decode()
    page = client.post(address, {"works_on": ["0", "2"]}, follow=True).content.decode()
    assert "You work on Monday and Wednesday." in page
    assert "Not one of your working days" in page
    client.force_login(person.line_manager)
    page = client.get(reverse("cohorts:managed_calendar", args=[person.pk])).content.decode()
    assert "Works on Monday and Wednesday." in page
    assert "Not one of their working days" in page
    assert not Message.objects.exists()


def test_nobody_else_says_it(person):
    with pytest.raises(NotAllowed, match="may not say on which days"):
        says(person, MONDAY, by=person.line_manager)


def test_staff_are_told_where_an_assignment_is_planned_for_days_off(client, person):
    says(person, MONDAY)
    with_second_factor(client, staff(provider=person.cohort.programme.provider))
    answer = client.post(
        reverse("admin:cohorts_placement_add"),
        {
            "enrolment": person.pk,
            "host": OrganisationFactory().pk,
            "kind": "project",
            "title": "A map",
            "weekdays": ["0", "4"],
            "starts_on": day(5),
            "ends_on": day(60),
        },
        follow=True,
    )
    assert "does not work on Fridays, which are planned days." in answer.content.decode()


def test_the_others_of_a_group_see_it_when_they_look_for_a_half_day(client):
    cohort = RunningCohortFactory()
    group = cohort.peer_groups.create(name="Avon")
    one, other = (ParticipantFactory(cohort=cohort, peer_group=group, participant__full_name=name) for name in "AB")
    says(one, MONDAY, TUESDAY)
    client.force_login(other.participant)
    page = client.get(reverse("cohorts:peer_ask_when", args=[other.pk])).content.decode()
    assert "A works on Monday and Tuesday" in page
