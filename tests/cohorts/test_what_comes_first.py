"""Days that are recorded in another order than they were lived, or after what they were counted for: what was said first stays true."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cohorts.actions import attendance, certificates, completion, enrolments, placements, transfers
from cohorts.actions import days as ledger
from cohorts.models import CompletionRule, Enrolment, Session
from cohorts.progress import progress_of
from cohorts.progress.dates import dates_of
from cohorts.queries import behind, people_of
from cohorts.states import Mark
from mentoring.actions import sessions as mentoring
from mentoring.models import Pair
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions import back
from steppingup.steps.models import Taking
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import (
    ParticipantFactory,
    PublishedCohortFactory,
    RunningCohortFactory,
    SessionFactory,
    day,
    do_days,
)
from tests.factories.mentoring import confirmed_pair

HALF, QUARTER = Decimal("0.5"), Decimal("0.25")


def meeting(cohort: Any, ago: int, begins: int = 9, days: Decimal | int = 1) -> Session:
    starts = timezone.make_aware(datetime.combine(day(-ago), time(begins)))
    return SessionFactory(cohort=cohort, starts_at=starts, ends_at=starts + timedelta(hours=2), days=days)


def fresh(person: Enrolment) -> Enrolment:
    return Enrolment.objects.for_steps().get(pk=person.pk)


def mark(session: Session, person: Enrolment, by: Any, given: str = Mark.PRESENT) -> None:
    attendance.mark(session=session, marks={person.pk: given}, by=by)


# -- one date, in any order --------------------------------------------------------------------------

SESSIONS = st.lists(st.sampled_from([QUARTER, HALF]), min_size=1, max_size=2)
EVENTS = st.one_of(
    st.tuples(st.just("mark"), st.integers(0, 1), st.sampled_from(Mark.values)),
    st.tuples(st.just("work"), st.sampled_from([QUARTER, HALF, Decimal(1)])),
    st.tuples(st.just("meet"), st.sampled_from([45, 120, 420]), st.sampled_from(["", "In the evening"])),
)


class AnyOrder(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = ParticipantFactory()
        cls.by = staff(provider=cls.person.cohort.programme.provider)
        given = {"host": OrganisationFactory(), "kind": "project", "title": "A front desk", "by": cls.by}
        cls.placement = placements.set_placement(enrolment=cls.person, **given)
        cls.pair = confirmed_pair(cls.person)
        Pair.objects.update(confirmed_at=timezone.now() - timedelta(days=40))

    @settings(max_examples=25, deadline=None)
    @given(SESSIONS, st.lists(EVENTS, min_size=1, max_size=6))
    def test_the_registers_of_a_date_can_be_taken_whatever_was_recorded_before(self, counting, events):
        sessions = [meeting(self.person.cohort, 3, 9 + 4 * at, days) for at, days in enumerate(counting)]
        for name, *values in events:
            record = {
                "mark": lambda at, how: mark(sessions[at % len(sessions)], self.person, self.by, how),
                "work": lambda days: placements.record_day(
                    placement=self.placement, on=day(-3), days=days, by=self.person.participant
                ),
                "meet": lambda minutes, beside: mentoring.record(
                    pair=self.pair,
                    on=day(-3),
                    mode="video",
                    by=self.person.participant,
                    minutes=minutes,
                    beside=beside,
                    is_another=True,
                ),
            }[name]
            try:
                record(*values)
            except NotPossible:
                continue
        waiting = [session for session in sessions if not session.attendances.exists()]
        for session in waiting:
            mark(session, self.person, self.by)  # none of them is refused
        assert ledger.waiting_on(self.person, day(-3)) == []


# -- what was counted for a certificate --------------------------------------------------------------


@pytest.fixture
def person(db):
    return ParticipantFactory()


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


def test_what_was_counted_when_they_completed_is_changed_by_nobody_until_that_is_undone(person, coordinator):
    cohort, pair = person.cohort, confirmed_pair(person)
    Pair.objects.update(confirmed_at=timezone.now() - timedelta(days=40))
    first, second, missed = meeting(cohort, 9), meeting(cohort, 8), meeting(cohort, 7)
    mark(first, person, coordinator)
    attendance.mark(session=second, marks={person.pk: Mark.PRESENT}, by=coordinator)
    taken = Taking.objects.standing().on(second).first()
    mark(missed, person, coordinator, Mark.ABSENT)
    CompletionRule.objects.create(cohort=cohort, minimum=2)
    completion.complete(enrolment=person, on=day(-6), by=coordinator)
    certificate = certificates.make(enrolment=fresh(person), by=coordinator)
    for change in (
        partial(mark, first, person, coordinator, Mark.ABSENT),
        partial(mark, first, person, coordinator, Mark.PART),
        partial(mark, missed, person, coordinator),
        partial(mentoring.record, pair=pair, on=day(-12), minutes=60, mode="video", by=person.participant),
        partial(back.take_back, taking=taken, reason="Somebody else.", by=coordinator),
    ):
        with pytest.raises(NotPossible, match="completed on .* so days up to then .* Undo the completion first"):
            change()
    # What comes after that day is no part of it: also of the certificate that replaces it.
    mark(meeting(cohort, 2), person, coordinator)
    mentoring.record(pair=pair, on=day(-1), minutes=60, mode="video", by=person.participant)
    certificates.revoke(certificate=certificate, reason="A wrong name.", by=coordinator)
    assert certificates.make(enrolment=fresh(person), by=coordinator).statement == certificate.statement
    assert certificate.statement == "2 days of leadership development"


def test_whoever_did_not_complete_is_due_nowhere_afterwards_and_keeps_their_days(person, coordinator):
    cohort, group = person.cohort, person.cohort.peer_groups.create(name="Avon")
    enrolments.place_in_group(enrolment=person, peer_group=group, from_on=day(-20), by=coordinator)
    before, after, coming = meeting(cohort, 9), meeting(cohort, 4), meeting(cohort, -4)
    mark(before, person, coordinator)
    CompletionRule.objects.create(cohort=cohort, minimum=2)
    completion.conclude(enrolment=fresh(person), on=day(-5), by=coordinator)
    over = fresh(person)
    assert [date.session for date in dates_of(over)] == [before]
    assert [people_of(session) for session in (before, after, coming)] == [[over], [], []]
    assert list(Session.objects.without_a_register()) == []
    assert progress_of(over).booked == 0
    with pytest.raises(NotPossible, match="did not complete, so their days can no longer be changed"):
        mark(before, over, coordinator, Mark.ABSENT)
    completion.go_on(enrolment=over, by=coordinator)
    assert [date.session for date in dates_of(fresh(person))] == [before, after, coming]


# -- another cohort ----------------------------------------------------------------------------------


def test_days_of_the_cohort_before_and_of_the_wait_for_the_next_can_be_recorded(person, coordinator):
    given = {"host": OrganisationFactory(), "kind": "project", "title": "A front desk", "by": coordinator}
    placement, pair = placements.set_placement(enrolment=person, **given), confirmed_pair(person)
    Pair.objects.update(confirmed_at=timezone.now() - timedelta(days=100))
    new = PublishedCohortFactory(programme=person.cohort.programme, plan=person.cohort.plan)
    transfers.transfer(enrolment=person, cohort=new, from_on=day(-3), by=coordinator)
    placement.enrolment = pair.enrolment = fresh(person)
    for ago in (10, 1):
        placements.record_day(placement=placement, on=day(-ago), days=HALF, by=coordinator)
        mentoring.record(pair=pair, on=day(-ago), minutes=60, mode="video", by=person.participant)
    for record in (
        partial(placements.record_day, placement=placement, days=HALF, by=coordinator),
        partial(mentoring.record, pair=pair, minutes=60, mode="video", by=person.participant),
    ):
        with pytest.raises(NotPossible, match="The programme started on"):
            record(on=day(-91))


def test_nobody_is_behind_by_what_they_missed_on_the_cohort_before(person, coordinator):
    old, new = person.cohort, RunningCohortFactory(programme=person.cohort.programme, plan=person.cohort.plan)
    mark(meeting(old, 9), person, coordinator, Mark.ABSENT)
    people = Enrolment.objects.all()
    assert list(behind(people)) == [person]
    transfers.transfer(enrolment=person, cohort=new, from_on=day(-5), by=coordinator)
    assert list(behind(people)) == []
    mark(meeting(new, 3), fresh(person), coordinator, Mark.EXCUSED)
    assert list(behind(people)) == [person]


# -- the day from which something is so ----------------------------------------------------------------


def test_the_day_of_a_change_is_put_right_without_another_letter(person, coordinator):
    new, manager = OrganisationFactory(), UserFactory(full_name="Mo Lister")
    given = {"manager_name": "Mo Lister", "manager_email": manager.email}
    enrolments.change_employer(enrolment=person, employer=new, from_on=day(-5), by=coordinator, **given)
    told = Message.objects.count()
    enrolments.change_employer(enrolment=fresh(person), employer=new, from_on=day(-20), by=coordinator, **given)
    (before, since) = person.memberships.all()
    assert (since.starts_on, since.employer, since.manager) == (day(-20), new, "Mo Lister")
    enrolments.change_line_manager(
        enrolment=fresh(person), name="Mo Lister", email=manager.email, from_on=day(-30), by=coordinator
    )
    assert [span.starts_on for span in person.memberships.filter(line_manager=manager)] == [day(-30), day(-20)]
    assert Message.objects.count() == told
    for change, sentence in (
        (partial(enrolments.change_employer, employer=new), "is already the employer"),
        (
            partial(enrolments.change_line_manager, name="Mo Lister", email=manager.email),
            "is already the line manager",
        ),
    ):
        with pytest.raises(NotPossible, match=sentence):
            change(enrolment=fresh(person), from_on=day(-20), by=coordinator)
    assert before.ends_on == day(-20)
    with pytest.raises(NotPossible, match="cannot be their own line manager") as refused:
        enrolments.change_employer(
            enrolment=fresh(person),
            employer=OrganisationFactory(),
            by=coordinator,
            manager_name="Me",
            manager_email=person.participant.email,
        )
    assert refused.value.field == "manager_email"


@pytest.mark.django_db
@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["employer", "group", "cohort"]), st.integers(0, 2)), min_size=1, max_size=6))
def test_moving_any_number_of_times_from_one_day_leaves_the_last_of_it_and_nothing_of_the_days_before(moves):
    person = ParticipantFactory()
    by, first = staff(provider=person.cohort.programme.provider), person.memberships.get()
    second = RunningCohortFactory(programme=person.cohort.programme, plan=person.cohort.plan)
    cohorts, employers = [person.cohort, second], [person.employer, OrganisationFactory(), OrganisationFactory()]
    groups = {cohort: [None, cohort.peer_groups.create(name="Avon")] for cohort in cohorts}
    codes: set[str] = set()
    for what, number in moves:
        now, given = fresh(person), {"from_on": day(-4), "by": by}
        try:
            if what == "employer":
                enrolments.change_employer(enrolment=now, employer=employers[number], **given)
            elif what == "group":
                enrolments.place_in_group(enrolment=now, peer_group=groups[now.cohort][number % 2], **given)
            else:
                transfers.transfer(enrolment=now, cohort=cohorts[number % 2], **given)
        except NotPossible as sentence:
            codes.add(sentence.code)
    assert codes <= {"same"}
    spans, now = list(person.memberships.all()), fresh(person)
    assert len(spans) == (1 if spans[-1].says == first.says else 2)
    assert (spans[0].starts_on, spans[0].says) == (first.starts_on, first.says)
    assert spans[-1].says[:3] == (now.cohort_id, now.peer_group_id, now.employer_id)
    do_days(now, "modules", 1)  # of the plan that they are on
    assert progress_of(now).counted == 1
