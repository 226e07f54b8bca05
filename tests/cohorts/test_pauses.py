"""A participant takes no part for a while and keeps the place: whose sessions are theirs, what counts, and until when."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cohorts.actions import days as ledger
from cohorts.actions import pausing
from cohorts.actions.arranging import arrange_for
from cohorts.actions.attendance import mark
from cohorts.models import Agreement, Pause, PlacementDay, Session
from cohorts.models.pausing import last_day_with, paused_days
from cohorts.progress.span import last_day_of
from cohorts.queries import people_of
from cohorts.states import SignedBefore
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import add_rule, work_out_reminders
from tests.factories.accounts import staff
from tests.factories.agreements import asked_by
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, complete, day, do_days
from tests.factories.modules import placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return ParticipantFactory()


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


def session_on(person, offset, **more):
    found = SessionFactory(cohort=person.cohort, **more)
    starts = found.starts_at + timedelta(days=offset - 7)
    Session.objects.filter(pk=found.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=7))
    found.refresh_from_db()
    return found


@pytest.mark.requirement("B55")
def test_no_session_of_a_pause_is_theirs_and_the_others_are(person, coordinator):
    before, within, after = (session_on(person, offset) for offset in (3, 10, 20))
    pausing.pause(enrolment=person, starts_on=day(8), ends_on=day(15), by=coordinator)
    assert list(Session.objects.for_enrolment(person).order_by("starts_at")) == [before, after]
    assert [people_of(one) for one in (before, within, after)] == [[person], [], [person]]


def test_the_register_of_a_day_in_a_pause_has_no_line_for_them(person, coordinator):
    other = ParticipantFactory(cohort=person.cohort)
    held = session_on(person, -3)
    pausing.pause(enrolment=person, starts_on=day(-5), by=coordinator)
    assert people_of(held) == [other]
    with pytest.raises(NotPossible):
        mark(session=held, marks={person.pk: "present"}, by=coordinator)


def test_nothing_counts_on_a_day_of_a_pause_and_no_pause_covers_a_day_that_counts(person, coordinator):
    pausing.pause(enrolment=person, starts_on=day(-5), ends_on=day(-2), by=coordinator)
    source = SessionFactory(cohort=person.cohort)
    part = person.cohort.plan.components.first()
    with pytest.raises(NotPossible, match="was not taking part on this day. Pause from"):
        ledger.post(enrolment=person, component=part, days=Decimal(1), on=day(-3), source=source, by=SYSTEM)
    ledger.post(enrolment=person, component=part, days=Decimal(1), on=day(-2), source=source, by=SYSTEM)
    with pytest.raises(NotPossible, match="Days were done in this time"):
        pausing.pause(enrolment=person, starts_on=day(-2), by=coordinator)
    with pytest.raises(IntegrityError, match="in this pause"), transaction.atomic():
        Pause.objects.create(enrolment=person, starts_on=day(-2))
    entry = ledger.entries_of(source).get()
    entry.pk, entry.on, entry.sequence = None, day(-4), 2
    with pytest.raises(IntegrityError, match="day of a pause"), transaction.atomic():
        entry.save()
    ledger.reverse_all(source=source, by=SYSTEM)
    waits = PlacementDay.objects.create(
        placement=placed(person), on=day(-1), days=1, recorded_by=coordinator, waits=True
    )
    with pytest.raises(NotPossible, match="Days were done in this time"):
        pausing.pause(enrolment=person, starts_on=day(-2), by=coordinator)
    waits.delete()
    assert pausing.pause(enrolment=person, starts_on=day(-2), by=coordinator).ends_on is None


def test_the_last_day_moves_by_as_many_days_once_the_end_is_known(person, coordinator):
    ends = person.cohort.ends_on
    pausing.pause(enrolment=person, starts_on=day(1), by=coordinator)
    assert last_day_of(person) == ends
    pausing.end_pause(enrolment=person, ends_on=day(29), by=coordinator)
    assert last_day_of(person) == ends + timedelta(days=28)
    pausing.end_pause(enrolment=person, ends_on=day(15), by=coordinator)
    assert last_day_of(person) == ends + timedelta(days=14)
    pausing.remove_pause(enrolment=person, by=coordinator)
    assert last_day_of(person) == ends
    assert not Pause.objects.exists()


def test_the_participant_and_the_line_manager_are_told_and_nobody_is_told_why(person, coordinator):
    pausing.pause(enrolment=person, starts_on=day(1), by=coordinator)
    told = {message.to: message.text for message in Message.objects.filter(kind__contains="pause")}
    assert set(told) == {person.participant, person.line_manager}
    assert "a day that is not known yet" in told[person.line_manager]
    assert {field.name for field in Pause._meta.fields} == {"id", "enrolment", "starts_on", "ends_on"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"starts_on": day(1), "ends_on": day(1)}, "must come after"),
        ({"starts_on": day(-900)}, "Enter that day or a later one"),
        ({"starts_on": day(-8), "ends_on": day(-4)}, "on some of these days already"),
    ],
)
def test_days_that_cannot_be_a_pause(person, coordinator, given, sentence):
    Pause.objects.create(enrolment=person, starts_on=day(-10), ends_on=day(-5))
    with pytest.raises(NotPossible, match=sentence):
        pausing.pause(enrolment=person, **given, by=coordinator)


def test_who_may_not_and_when_there_is_nothing_to_pause(person, coordinator):
    with pytest.raises(NotPossible, match="is on no pause"):
        pausing.remove_pause(enrolment=person, by=coordinator)
    pausing.pause(enrolment=person, starts_on=day(1), ends_on=day(9), by=coordinator)
    with pytest.raises(NotPossible, match="There is one already"):
        pausing.pause(enrolment=person, starts_on=day(20), by=coordinator)
    with pytest.raises(NotPossible, match="back on this day already"):
        pausing.end_pause(enrolment=person, ends_on=day(9), by=coordinator)
    themselves = staff(provider=person.cohort.programme.provider)
    own = ParticipantFactory(cohort=person.cohort, participant=themselves)
    with pytest.raises(NotAllowed, match="your own pause"):
        pausing.pause(enrolment=own, starts_on=day(1), by=themselves)
    with pytest.raises(NotPossible, match="nothing to pause"):
        pausing.pause(enrolment=complete(ParticipantFactory(cohort=person.cohort)), starts_on=day(1), by=coordinator)


SPANS = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 60)), max_size=6)


@given(SPANS)
def test_each_day_paused_until_the_last_day_comes_after_the_end(rows):
    starts_on, ends_on = date(2026, 1, 5), date(2026, 11, 30)
    pauses, free = [], starts_on
    for offset, length in sorted(rows):
        first = max(free, starts_on + timedelta(days=offset))
        pauses.append(Pause(starts_on=first, ends_on=first + timedelta(days=length)))
        free = first + timedelta(days=length + 1)
    last = last_day_with(pauses, starts_on, ends_on)
    taking_part = (last - starts_on).days + 1 - paused_days(pauses, starts_on, last)
    assert taking_part == (ends_on - starts_on).days + 1


def test_days_before_and_after_a_pause_add_up_as_before(person, coordinator):
    do_days(person, "modules", 2)
    pausing.pause(enrolment=person, starts_on=day(1), ends_on=day(20), by=coordinator)
    assert ledger.done_of(person, person.cohort.plan.components.get(key="modules")) == 2


def test_a_pause_of_one_cohort_says_nothing_of_another(person, coordinator):
    other = ParticipantFactory(participant=person.participant, cohort=RunningCohortFactory())
    pausing.pause(enrolment=person, starts_on=day(1), ends_on=day(20), by=coordinator)
    assert last_day_of(other) == other.cohort.ends_on


def test_nobody_is_reminded_during_a_pause_and_those_who_take_part_are(person, coordinator):
    other = ParticipantFactory(cohort=person.cohort)
    asked_by(person.cohort, SignedBefore.START)
    for one in (person, other):
        arrange_for(one)
    Agreement.objects.update(asked_at=timezone.now() - timedelta(days=7))
    add_rule(kind="cohorts.agreement_unsigned", days=7, when="after", until=60)
    pausing.pause(enrolment=person, starts_on=day(0), by=coordinator)
    work_out_reminders()
    reminded = Message.objects.filter(kind="cohorts.agreement_reminder").values_list("to", flat=True)
    assert list(reminded) == [other.participant.pk]
