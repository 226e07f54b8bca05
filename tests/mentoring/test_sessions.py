"""Sessions: minutes become days, once, and can be taken back."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cohorts.actions import enrolments
from cohorts.models import DayEntry
from cohorts.progress import progress_of
from mentoring.actions import matching, sessions
from mentoring.minutes import duration
from mentoring.models import MentoringSession, Pair
from mentoring.states import Mode
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, complete, day
from tests.factories.mentoring import confirmed_pair, coordinator_of, mentor_for


@pytest.fixture
def pair(db):
    return confirmed_pair()


def record(pair, **values):
    values = {"on": day(-1), "minutes": 150, "mode": Mode.FACE_TO_FACE, "by": pair.mentor.user, **values}
    return sessions.record(pair=pair, **values)


def days_done(pair):
    component = sessions.component_of(pair)
    return progress_of(pair.enrolment).of(component).done


@pytest.mark.requirement("B13", "B14")
def test_two_and_a_half_hours_are_36_hundredths_of_a_day(pair):
    session = record(pair)
    assert days_done(pair) == Decimal("0.36")
    entry = DayEntry.objects.get()
    assert (entry.source, entry.on, entry.posted_by) == (session, session.on, pair.mentor.user)
    assert entry.note == "Mentoring, 150 minutes, face to face"


@pytest.mark.requirement("B14")
@pytest.mark.parametrize("mode", Mode.values)
def test_both_may_record_whatever_the_way_they_met(pair, mode):
    assert {Mode.FACE_TO_FACE, Mode.VIDEO, Mode.EMAIL} <= set(Mode.values)
    record(pair, mode=mode, by=pair.enrolment.participant)
    record(pair, mode=mode, by=pair.mentor.user, on=day(-2))
    assert set(pair.sessions.values_list("mode", flat=True)) == {mode}
    assert days_done(pair) == Decimal("0.71")


@pytest.mark.requirement("B14")
def test_hours_add_up_to_days_however_they_are_split(pair):
    for number in range(14):
        latest = record(pair, minutes=90, on=day(-1 - number))
    assert days_done(pair) == 3
    sessions.remove(session=latest, by=pair.mentor.user)
    record(pair, minutes=95, on=day(-15))
    assert days_done(pair) == Decimal("3.01")  # 21 hours and 5 minutes


@pytest.mark.requirement("B14")
def test_neither_the_sessions_nor_the_days_of_others_count_towards_ones_own(pair):
    beside = confirmed_pair(ParticipantFactory(cohort=pair.enrolment.cohort))
    for one in (beside, confirmed_pair(), pair):
        record(one, minutes=90)
        assert days_done(one) == Decimal("0.21")  # 90 of 420 minutes; two of them would be 0.43


def test_the_same_form_sent_twice_records_once(pair):
    key = uuid.uuid4()
    assert record(pair, submission=key) == record(pair, submission=key)
    assert DayEntry.objects.count() == 1


def test_a_second_session_on_one_day_is_asked_about(pair):
    record(pair)
    with pytest.raises(sessions.SameDay, match="has already been recorded"):
        record(pair, by=pair.enrolment.participant)
    record(pair, is_another=True)
    assert MentoringSession.objects.count() == 2


def test_a_removed_session_is_reversed_and_the_day_is_free_again(pair):
    session = record(pair)
    sessions.remove(session=session, by=pair.mentor.user)
    assert days_done(pair) == 0
    assert DayEntry.objects.count() == 2
    with pytest.raises(NotPossible, match="already been removed"):
        sessions.remove(session=session, by=pair.mentor.user)
    record(pair)
    assert days_done(pair) == Decimal("0.36")


def test_a_session_is_removed_only_by_whoever_recorded_it_or_staff_and_the_other_is_told(pair):
    mentor, participant = pair.mentor.user, pair.enrolment.participant
    told = Message.objects.filter(kind__startswith="mentoring.session_removed")
    session = record(pair)
    with pytest.raises(NotAllowed, match="only they can remove it"):
        sessions.remove(session=session, by=participant)
    sessions.remove(session=session, by=mentor)
    assert told.get().to == participant
    assert f"{mentor} has removed" in told.get().text
    sessions.remove(session=record(pair), by=coordinator_of(pair.enrolment))
    assert sorted(told.values_list("to", flat=True)) == sorted([participant.pk, participant.pk, mentor.pk])


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"on": day(2)}, "is in the future"),
        ({"on": day(-4000)}, "The programme started on"),
        ({"minutes": 4}, "from 5 to 600"),
        ({"minutes": 601}, "from 5 to 600"),
        ({"mode": "dream"}, "how you met"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(pair, values, sentence):
    with pytest.raises(NotPossible, match=sentence):
        record(pair, **values)
    assert not DayEntry.objects.exists()


def test_only_the_two_and_those_who_run_the_mentoring_may(pair):
    session = record(pair)
    for stranger in (UserFactory(), staff(), pair.enrolment.line_manager, confirmed_pair().mentor.user, SYSTEM):
        with pytest.raises(NotAllowed):
            record(pair, by=stranger, on=day(-3))
        with pytest.raises(NotAllowed):
            sessions.remove(session=session, by=stranger)
    record(pair, by=coordinator_of(pair.enrolment), on=day(-3))


def test_a_proposal_has_no_sessions_and_an_ended_pair_none_after_its_end(pair):
    coordinator = coordinator_of(pair.enrolment)
    other = ParticipantFactory(cohort=pair.enrolment.cohort)
    proposal = matching.pair_by_hand(enrolment=other, mentor=mentor_for(other), by=coordinator)
    with pytest.raises(NotPossible, match="not been confirmed"):
        record(proposal)
    Pair.objects.filter(pk=pair.pk).update(confirmed_at=timezone.now() - timedelta(days=20))
    pair.refresh_from_db()
    record(pair, on=day(-9))
    for on, sentence in ((-10, "They met on"), (-30, "They met on"), (1, "in the future")):
        with pytest.raises(NotPossible, match=sentence):
            matching.end(pair=pair, reason="Enough.", on=day(on), by=coordinator)
    matching.end(pair=pair, reason="Enough.", on=day(-5), by=coordinator)
    record(pair, on=day(-6))
    with pytest.raises(NotPossible, match="Your mentoring ended on"):
        record(pair, on=day(-2))


def test_nothing_is_recorded_for_who_has_left_nor_removed_for_who_has_completed(pair):
    session = record(pair)
    complete(pair.enrolment, by=coordinator_of(pair.enrolment))
    with pytest.raises(NotPossible, match="Completion has been recorded"):
        sessions.remove(session=MentoringSession.objects.get(pk=session.pk), by=pair.mentor.user)
    gone = confirmed_pair()
    Pair.objects.filter(pk=gone.pk).update(confirmed_at=timezone.now() - timedelta(days=9))
    enrolments.withdraw(enrolment=gone.enrolment, reason="A new job.", on=day(-2), by=SYSTEM)
    gone.refresh_from_db()
    assert record(gone, on=day(-2))  # the last day on the programme is one of it
    with pytest.raises(NotPossible, match="Your mentoring ended on"):
        record(gone, on=day(-1))


def test_what_was_recorded_cannot_be_changed_in_the_database(pair):
    session = record(pair)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        MentoringSession.objects.filter(pk=session.pk).update(minutes=600)


@given(st.integers(0, 6000))
def test_a_length_in_words_says_the_same_minutes(minutes):
    parts = duration(minutes).split()
    total = dict(zip((noun.rstrip("s") for noun in parts[1::2]), map(int, parts[::2]), strict=True))
    assert total.get("hour", 0) * 60 + total.get("minute", 0) == minutes
    assert total.get("minute", 1) < 60
