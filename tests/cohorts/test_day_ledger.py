"""The ledger is only ever added to, and its sum is that of the entries that stand."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cohorts.actions import days as ledger
from cohorts.actions.days import days_of_minutes
from cohorts.models import Component, DayEntry
from cohorts.progress import ComponentProgress, Progress, progress_of, progress_of_many
from cohorts.states import ENROLMENT
from steppingup.accounts.actors import SYSTEM
from steppingup.history.lifecycle import NotPossible
from tests.factories.cohorts import ParticipantFactory, PlanFactory, RunningCohortFactory, SessionFactory, day
from tests.racing import at_once

HALF = Decimal("0.5")


def post(enrolment, days=Decimal(1), source=None, component=None, on=None) -> DayEntry:
    return ledger.post(
        enrolment=enrolment,
        component=component or enrolment.cohort.plan.components.first(),
        days=days,
        on=on or timezone.localdate(),
        source=source or SessionFactory(cohort=enrolment.cohort),
        note="",
        by=SYSTEM,
    )


@pytest.fixture
def participant(db):
    return ParticipantFactory()


@pytest.mark.requirement("B4")
def test_days_posted_for_a_source_stand_once_until_they_are_reversed(participant):
    source = SessionFactory(cohort=participant.cohort)
    post(participant, HALF, source)
    with pytest.raises(NotPossible, match="already"):
        post(participant, HALF, source)
    assert [entry.days for entry in ledger.reverse_all(source=source, note="", by=SYSTEM)] == [-HALF]
    assert ledger.reverse_all(source=source, note="", by=SYSTEM) == []
    post(participant, Decimal(1), source)
    assert progress_of(participant).done == 1
    assert list(DayEntry.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3]


@pytest.mark.requirement("B4")
def test_the_database_refuses_to_change_or_remove_an_entry(participant):
    entry = post(participant)
    for change in (lambda: DayEntry.objects.update(days=2), lambda: entry.delete()):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            change()


def test_the_database_refuses_a_reversal_that_takes_back_something_else(participant):
    entry = post(participant)
    wrong = {"days": -HALF, "sequence": 2, "reverses": entry}
    with pytest.raises(IntegrityError, match="mirrors"), transaction.atomic():
        DayEntry.objects.create(
            enrolment=participant, component=entry.component, on=entry.on, source=entry.source, **wrong
        )
    with pytest.raises(IntegrityError, match="negative_only"), transaction.atomic():
        DayEntry.objects.create(
            enrolment=participant, component=entry.component, on=entry.on, source=entry.source, days=-1, sequence=2
        )


def test_no_days_none_of_another_plan_and_none_for_somebody_who_has_left(participant):
    with pytest.raises(NotPossible, match="above zero"):
        post(participant, Decimal(0))
    with pytest.raises(NotPossible, match="not part of"):
        post(participant, component=PlanFactory().components.first())
    ENROLMENT.move(participant, "withdraw", withdrawn_at=timezone.now(), withdrawal_reason="Moved")
    post(participant)  # on their last day
    type(participant).objects.update(withdrawn_at=timezone.now() - timedelta(days=1))
    for on, sentence in (
        (day(0), "left the programme on"),
        (participant.cohort.starts_on - timedelta(days=11), "joined"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            post(participant, on=on)


@pytest.mark.requirement("B14")
def test_minutes_become_days_to_the_hundredth(participant):
    component = participant.cohort.plan.components.get(key="mentoring")
    assert days_of_minutes(component, 420) == 1
    assert days_of_minutes(component, 90) == Decimal("0.21")


def test_days_beyond_the_plan_are_kept_but_do_not_count(participant):
    component = participant.cohort.plan.components.get(key="peer")
    for ago in range(3):
        post(participant, HALF, component=component, on=day(-ago))
    found = progress_of(participant).of(component)
    assert (found.done, found.counted, found.beyond, found.left) == (Decimal("1.5"), 1, HALF, 0)


@given(st.lists(st.tuples(st.decimals(0, 20, places=2), st.integers(1, 60)), min_size=1, max_size=5))
def test_what_is_said_in_quarters_adds_up_and_never_says_done_too_early(parts):
    exact = Progress(
        tuple(ComponentProgress(Component(least=Decimal(n) / 4, most=Decimal(n) / 4), done) for done, n in parts)
    )
    said = exact.in_quarters()
    assert said.counted + said.left == said.planned == exact.planned
    for one, other in zip(said.components, exact.components, strict=True):
        assert (one.is_done, one.counted > 0) == (other.is_done, other.counted > 0)
        assert one.done % Decimal("0.25") == 0 or one.done < Decimal("0.25")
        assert abs(one.done - other.done) <= Decimal("0.25")


def test_a_coming_session_is_booked_unless_it_is_cancelled_or_another_groups(participant):
    cohort = participant.cohort
    SessionFactory(cohort=cohort)
    SessionFactory(cohort=cohort, cancelled_at=timezone.now())
    SessionFactory(cohort=cohort, peer_group=cohort.peer_groups.create(name="Red"))
    assert progress_of(participant).booked == 1


def test_progress_costs_the_same_for_one_and_for_many(participant, django_assert_num_queries):
    more = ParticipantFactory.create_batch(4, cohort=RunningCohortFactory())
    for person in (participant, *more):
        post(person)
        SessionFactory(cohort=person.cohort)
    for people in ([participant], [participant, *more]):
        with django_assert_num_queries(4):
            progress_of_many(people)


@pytest.mark.django_db(transaction=True)
def test_of_six_that_post_for_one_source_at_once_one_does_and_five_are_told():
    person = ParticipantFactory()
    source = SessionFactory(cohort=person.cohort)
    outcomes = Counter(type(outcome) for outcome in at_once([lambda: post(person, Decimal(1), source)] * 6))
    assert outcomes[NotPossible] == 5
    assert progress_of(person).done == 1


quarters = st.integers(1, 4).map(lambda number: Decimal(number) / 4)
steps = st.lists(st.tuples(st.sampled_from(["post", "reverse"]), st.integers(0, 2), quarters), max_size=12)


class AnySequence(TestCase):
    @pytest.mark.requirement("B4")
    @settings(max_examples=25, deadline=None)
    @given(steps)
    def test_after_any_posts_and_reversals_the_sum_is_that_of_the_standing_entries(self, taken):
        person = ParticipantFactory()
        sources = SessionFactory.create_batch(3, cohort=person.cohort)
        expected: dict[int, Decimal] = {}
        for what, which, days in taken:
            if what == "reverse":
                ledger.reverse_all(source=sources[which], note="", by=SYSTEM)
                expected.pop(which, None)
            elif which in expected:
                with pytest.raises(NotPossible):
                    post(person, days, sources[which], on=day(-which))
            else:
                post(person, days, sources[which], on=day(-which))
                expected[which] = days
        entries = DayEntry.objects.filter(enrolment=person)
        total = entries.aggregate(s=Sum("days"))["s"] or 0
        assert total == (entries.standing().aggregate(s=Sum("days"))["s"] or 0) == sum(expected.values())
