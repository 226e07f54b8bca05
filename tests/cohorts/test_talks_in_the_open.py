"""Talks in the open: graduates who asked to be invited are, and whoever was there says what they took away from it (L7)."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import alumni, bookings, feedback, invitees, occasions
from cohorts.models import Booking, Occasion
from cohorts.states.events import ForWhom
from steppingup import clock
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete
from tests.factories.events import address_of, booked, link_of, opened
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L7")]


@pytest.fixture
def cohort():
    return RunningCohortFactory(programme__is_published=True)


@pytest.fixture
def coordinator(cohort):
    return staff(RoleName.COORDINATOR, cohort.programme.provider)


def graduate(cohort, by, *, invited=True):
    found = complete(ParticipantFactory(cohort=cohort), by=by)
    alumni.choose_as_graduate(enrolment=found, hears=True, attends=invited, by=found.participant)
    return found


def afterwards(occasion):
    """An hour after it ended."""
    return patch("steppingup.clock.now", return_value=occasion.ends_at + timedelta(hours=1))


def again(booking):
    return Booking.objects.for_steps().get(pk=booking.pk)


def test_a_talk_for_graduates_is_told_to_those_who_asked_to_be_invited_and_to_no_others(cohort, coordinator):
    keen, quiet = graduate(cohort, coordinator), graduate(cohort, coordinator, invited=False)
    ParticipantFactory(cohort=cohort)
    elsewhere = graduate(RunningCohortFactory(programme=cohort.programme, starts_on=cohort.starts_on), coordinator)
    talk = opened(
        coordinator, programme=cohort.programme, kind="talk", for_whom=ForWhom.ALUMNI, title="How I came here"
    )
    invitees.invite(occasion=Occasion.objects.for_steps().get(pk=talk.pk), by=coordinator)
    told = Message.objects.filter(kind="cohorts.event_invited", to_email=keen.participant.email).get()
    assert "You asked us to invite you to talks and events." in told.text
    invited = set(talk.bookings.values_list("email", flat=True))
    assert invited == {keen.participant.email, elsewhere.participant.email}
    assert quiet.participant.email not in invited


def test_somebody_who_graduated_twice_is_invited_once(cohort, coordinator):
    first = graduate(cohort, coordinator)
    other = RunningCohortFactory(programme=cohort.programme, starts_on=cohort.starts_on)
    second = complete(ParticipantFactory(cohort=other, participant=first.participant), by=coordinator)
    alumni.choose_as_graduate(enrolment=second, attends=True, by=second.participant)
    talk = opened(coordinator, programme=cohort.programme, kind="talk", for_whom=ForWhom.ALUMNI)
    assert [one.email for one in invitees.to_invite(talk)] == [first.participant.email]


def test_whoever_was_there_says_what_they_take_from_it_and_staff_read_it(client, cohort, coordinator):
    talk = opened(coordinator, programme=cohort.programme, kind="talk", title="How I came here")
    booking = booked(talk, email="sam@example.org")
    own = address_of(booking)
    assert "How was it?" not in client.get(own).text
    with afterwards(talk):
        own = address_of(booking)
        assert "How was it?" in client.get(own).text
        wrong = client.post(own, {"wish": "afterwards", "takes": "Ask again."}).text
        assert feedback.NO_WORTH in wrong
        assert "Ask again." in wrong, "nothing that was typed is lost"
        client.post(own, {"wish": "afterwards", "worth": "yes", "takes": "Ask again."})
        assert "What you said about it" in client.get(own).text
        client.post(own, {"wish": "afterwards", "worth": "partly", "takes": "Ask twice."})
    browser = with_second_factor(client, coordinator)
    page = browser.get(reverse("admin:cohorts_occasion_change", args=[talk.pk])).text
    assert "1 person said whether it was worth their time: 1 in part." in page
    assert "Ask twice." in browser.get(reverse("admin:cohorts_booking_change", args=[booking.pk])).text
    assert (again(booking).worth, again(booking).takes) == ("partly", "Ask twice.")


def test_whoever_was_not_there_had_no_place_or_has_no_link_says_nothing(client, cohort, coordinator):
    talk = opened(coordinator, programme=cohort.programme, kind="talk", capacity=1)
    there, waits = booked(talk, email="sam@example.org"), booked(talk, email="ben@example.org")
    said = {"worth": "yes"}
    with pytest.raises(NotPossible, match="once the event is over"):
        feedback.say_afterwards(booking=again(there), by=LinkHolder(link_of(there)), **said)
    with afterwards(talk):
        with pytest.raises(NotAllowed):
            feedback.say_afterwards(booking=again(there), by=LinkHolder(link_of(waits)), **said)
        with pytest.raises(NotPossible, match="no place"):
            feedback.say_afterwards(booking=again(waits), by=LinkHolder(link_of(waits)), **said)
        bookings.mark_missed(booking=again(there), by=coordinator)
        assert "How was it?" not in client.get(address_of(there)).text
        with pytest.raises(NotPossible, match="no place"):
            feedback.say_afterwards(booking=again(there), by=LinkHolder(link_of(there)), **said)


@pytest.mark.parametrize("worth", ["", "very", "YES"])
def test_whether_it_was_worth_their_time_is_one_of_the_answers_there_are(cohort, coordinator, worth):
    talk = opened(coordinator, programme=cohort.programme, kind="talk")
    booking = booked(talk, email="sam@example.org")
    with afterwards(talk), pytest.raises(NotPossible, match=feedback.NO_WORTH):
        feedback.say_afterwards(booking=again(booking), worth=worth, by=LinkHolder(link_of(booking)))
    assert again(booking).worth == ""


def test_they_are_asked_once_the_day_after_unless_they_have_said_it_or_stayed_away(cohort, coordinator):
    talk = opened(coordinator, programme=cohort.programme, kind="talk")
    there, said, away = (booked(talk, email=f"{name}@example.org") for name in ("sam", "ben", "jo"))
    with afterwards(talk):
        feedback.say_afterwards(booking=again(said), worth="yes", by=LinkHolder(link_of(said)))
        bookings.mark_missed(booking=again(away), by=coordinator)
    with patch("steppingup.clock.now", return_value=talk.ends_at + timedelta(days=1)):
        work_out_reminders()
        work_out_reminders()
    asked = Message.objects.filter(kind="cohorts.event_over")
    assert [one.to_email for one in asked] == [there.email]


def test_nobody_is_asked_what_they_take_from_an_event_that_was_cancelled(cohort, coordinator):
    talk = opened(coordinator, programme=cohort.programme, kind="talk")
    booked(talk, email="sam@example.org")
    occasions.cancel(occasion=Occasion.objects.for_steps().get(pk=talk.pk), by=coordinator)
    with patch("steppingup.clock.now", return_value=talk.ends_at + timedelta(days=1)):
        work_out_reminders()
    assert not Message.objects.filter(kind="cohorts.event_over").exists()
    assert clock.now() < talk.ends_at
