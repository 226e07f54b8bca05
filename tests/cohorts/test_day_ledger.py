"""The ledger is only ever added to, and its sum is that of the entries that stand."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cohorts.actions import attendance, joint, pausing, placements
from cohorts.actions import days as ledger
from cohorts.actions.days import days_of_minutes
from cohorts.actions.marking import days_for
from cohorts.models import Attendance, Component, DayEntry, Session
from cohorts.progress import ComponentProgress, Progress, progress_of, progress_of_many
from cohorts.progress.planned import planned_of
from cohorts.states import ENROLMENT
from steppingup.accounts.actors import SYSTEM
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import ParticipantFactory, PlanFactory, RunningCohortFactory, SessionFactory, day
from tests.factories.joint import Side
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


MARKS = st.sampled_from(["present", "part", "part:25", "absent", "excused"])
AGO = st.integers(1, 6)
YEAR = st.lists(
    st.one_of(
        st.tuples(st.just("mark"), AGO, st.booleans(), MARKS),
        st.tuples(st.just("work"), AGO, quarters),
        st.tuples(st.sampled_from(["as planned", "not worked", "back"]), AGO),
        st.tuples(st.just("pause"), AGO, st.integers(1, 4)),
    ),
    max_size=14,
)


class AnyYear(TestCase):
    """Registers of own and of joint days, an assignment by a part-time pattern, pauses, in any order: whatever is refused or not."""

    @pytest.mark.requirement("B4")
    @settings(max_examples=25, deadline=None)
    @given(YEAR)
    def test_nobody_has_more_than_a_day_a_day_nor_one_in_a_pause_nor_one_twice(self, year):
        host, guest = (Side(name, name, (f"{name} one", f"{name} two")) for name in ("North", "South"))
        self.by, self.person = guest.coordinator, guest.people[0]
        held = SessionFactory(cohort=host.cohort)
        asked = joint.invite_cohort(session=held, cohort=guest.cohort, by=host.coordinator)
        accepted = joint.accept(invitation=asked, component=guest.part("peer"), units=HALF, by=guest.coordinator)
        own = SessionFactory(cohort=guest.cohort, days=HALF, starts_at=held.starts_at + timedelta(days=1))
        self.sessions = (own, accepted.session)
        self.held_on = {own: 2, held: 4, accepted.session: 4}
        for one, ago in self.held_on.items():
            starts_at = timezone.now() - timedelta(days=ago)
            Session.objects.filter(pk=one.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=7))
        pattern = {"weekdays": list(range(7)), "day_share": HALF, "starts_on": day(-5)}
        self.placement = placements.set_placement(
            enrolment=self.person, host=OrganisationFactory(), by=self.by, kind="project", title="A desk", **pattern
        )
        for what, ago, *more in year:
            with suppress(NotPossible), transaction.atomic():
                self.step(what, ago, *more)
            self.check()

    def step(self, what, ago, *more):
        if what == "mark":
            joint_day, said = more
            session = Session.objects.for_steps().get(pk=self.sessions[joint_day].pk)
            attendance.mark(session=session, marks={self.person.pk: said}, by=self.by)
        elif what == "pause":
            pausing.pause(enrolment=self.person, starts_on=day(-ago), ends_on=day(more[0] - ago), by=self.by)
        elif what == "back":
            pausing.remove_pause(enrolment=self.person, by=self.by)
        elif what == "not worked":
            for one in self.placement.days.standing().filter(on=day(-ago)):
                placements.remove_day(day=one, by=self.by)
        else:
            planned = {one.on: one.days for one in planned_of(self.placement).to_record}
            worked = more[0] if what == "work" else planned.get(day(-ago))
            if worked:
                placements.record_day(placement=self.placement, on=day(-ago), days=worked, by=self.by)

    def check(self):
        entries = DayEntry.objects.filter(enrolment=self.person)
        standing = list(entries.standing())
        assert (entries.aggregate(s=Sum("days"))["s"] or 0) == sum(one.days for one in standing)
        assert len({(one.content_type_id, one.object_id, one.component_id) for one in standing}) == len(standing)
        by_day = Counter()
        for one in standing:
            by_day[one.on] += one.days
            assert not self.person.pauses.on(one.on).exists()
        assert all(done <= 1 for done in by_day.values())
        worked = {one.on: one.days for one in self.placement.days.standing()}
        assert all(on >= self.placement.starts_on for on in worked)
        assert sum(worked.values()) == sum(one.days for one in standing if one.component.key == "stretch")
        marks = {one.session_id: one.given for one in Attendance.objects.filter(enrolment=self.person)}
        expected = sum(days_for(one.component, one.days, *marks[one.pk]) for one in self.sessions if one.pk in marks)
        assert expected == sum(one.days for one in standing if one.component.key != "stretch")
