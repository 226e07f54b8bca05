"""Where the pace so far leads: how many days by the last day, what is missing, and what is out of reach."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cohorts.actions import making_up, pausing
from cohorts.actions.attendance import mark
from cohorts.models import CompletionRule, CompletionWaiver, Placement, Session
from cohorts.progress.forecast import Forecast, forecast_of, forecasts_of
from steppingup.accounts.actors import SYSTEM
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day, do_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    """Three months into a cohort of eight months, whose plan has two days of modules, one of peer learning, three of assignment and
    two of mentoring."""
    return ParticipantFactory()


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


def at(person, offset, **more):
    found = SessionFactory(cohort=person.cohort, **more)
    starts = found.starts_at + timedelta(days=offset - 7)
    Session.objects.filter(pk=found.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=7))
    found.refresh_from_db()
    return found


def part(forecast: Forecast, key: str):
    return next(one for one in forecast.parts if one.part.component.key == key)


def ask(person, key, minimum):
    component = person.cohort.plan.components.get(key=key) if key else None
    return CompletionRule.objects.create(cohort=person.cohort, component=component, minimum=minimum)


@pytest.mark.requirement("B4")
def test_who_came_to_everything_will_have_all_days_of_sessions(person, coordinator):
    mark(session=at(person, -10), marks={person.pk: "present"}, by=coordinator)
    at(person, 10)
    found = part(forecast_of(person), "modules")
    assert (found.expected, found.possible) == (2, 2)


def test_who_missed_one_of_them_is_expected_at_fewer_and_cannot_have_all(person, coordinator):
    mark(session=at(person, -10), marks={person.pk: "absent"}, by=coordinator)
    at(person, 10)
    ask(person, "modules", 2)
    forecast = forecast_of(person)
    found = part(forecast, "modules")
    assert found.possible == 1
    assert Decimal("0.5") < found.expected < 1
    assert forecast.is_out_of_reach
    assert forecast.out_of_reach[0].missing_in_words == "1 day"


def test_a_make_up_brings_it_within_reach_again(person, coordinator):
    session = at(person, -10)
    mark(session=session, marks={person.pk: "absent"}, by=coordinator)
    at(person, 10)
    ask(person, "modules", 2)
    making_up.agree_make_up(
        enrolment=person,
        session=session,
        component=session.component,
        kind="work",
        what="A page",
        due_on=day(9),
        by=coordinator,
    )
    forecast = forecast_of(person)
    assert part(forecast, "modules").possible == 2
    assert not forecast.is_out_of_reach


def test_a_waived_rule_leaves_no_gap(person, coordinator):
    mark(session=at(person, -10), marks={person.pk: "absent"}, by=coordinator)
    at(person, 10)
    rule = ask(person, "modules", 2)
    assert forecast_of(person).is_short
    CompletionWaiver.objects.create(enrolment=person, rule=rule, reason="Ill", given_by=coordinator)
    assert not forecast_of(person).is_short


def test_a_register_that_is_not_taken_yet_is_not_counted_against_them(person, coordinator):
    at(person, -10)
    at(person, 10)
    ask(person, "modules", 2)
    assert not forecast_of(person).is_short


def test_what_is_logged_goes_on_at_its_pace(person):
    cohort = person.cohort
    Placement.objects.create(
        enrolment=person,
        component=cohort.plan.components.get(key="stretch"),
        host=OrganisationFactory(),
        kind="project",
        title="A map",
        starts_on=day(-80),
    )
    nothing = part(forecast_of(person), "stretch").expected
    do_days(person, "stretch", 2)
    some = part(forecast_of(person), "stretch").expected
    assert nothing < 3
    assert some == 3


def test_who_began_yesterday_is_expected_to_do_as_the_plan_says():
    person = ParticipantFactory(cohort=RunningCohortFactory(starts_on=day(-1)))
    forecast = forecast_of(person)
    assert not forecast.is_short
    assert forecast.in_words.startswith("8 of 8 days by")


def test_a_pause_gives_back_the_days_that_it_takes(person, coordinator):
    person.cohort.ends_on = day(5)
    person.cohort.save()
    ask(person, "stretch", 3)
    do_days(person, "stretch", Decimal("0.5"))
    assert forecast_of(person).is_short
    pausing.pause(enrolment=person, starts_on=day(2), ends_on=day(90), by=coordinator)
    forecast = forecast_of(person)
    assert forecast.by == day(5) + timedelta(days=88)


def test_at_the_end_what_was_done_is_what_will_be_done(person):
    person.cohort.ends_on = day(-1)
    person.cohort.save()
    do_days(person, "stretch", 1)
    ask(person, "stretch", 3)
    forecast = forecast_of(person)
    assert part(forecast, "stretch").expected == 1
    assert forecast.is_out_of_reach


DAYS = st.integers(0, 12).map(lambda quarters: Decimal(quarters) / 4)


class ForecastsOfAnything(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        done=DAYS,
        marks=st.lists(st.sampled_from(["present", "absent", "part", "excused"]), max_size=2),
        coming=st.integers(0, 2),
    )
    def test_what_is_expected_lies_between_what_was_done_and_what_is_possible(self, done, marks, coming):
        person = ParticipantFactory()
        for number, given_mark in enumerate(marks):
            mark(session=at(person, -40 - number), marks={person.pk: given_mark}, by=SYSTEM)
        for number in range(coming):
            at(person, 5 + number)
        do_days(person, "stretch", done)
        for one in forecast_of(person).parts:
            assert one.part.counted <= one.expected <= one.possible <= one.part.planned


def test_many_cost_as_many_queries_as_one(person, django_assert_num_queries):
    people = [person, *ParticipantFactory.create_batch(6, cohort=person.cohort)]
    with CaptureQueriesContext(connection) as one:
        forecasts_of(people[:1])
    with django_assert_num_queries(len(one)):
        forecasts_of(people)


def test_the_participant_and_the_manager_read_where_it_leads(client, person, coordinator):
    mark(session=at(person, -10), marks={person.pk: "absent"}, by=coordinator)
    ask(person, "modules", 2)
    for whose, address, words in (
        (person.participant, "cohorts:days", "You need 2 days of Modules to complete"),
        (person.line_manager, "cohorts:managed_days", "They need 2 days of Modules to complete"),
    ):
        client.force_login(whose)
        page = client.get(reverse(address, args=[person.pk])).content.decode()
        assert "At this pace:" in page
        assert words in page
