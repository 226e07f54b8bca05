"""Places at events beside the programme: never more than there are, and a waiting list that moves up by itself (B27)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from applications.roles import RoleName
from cohorts.actions import bookings, occasions
from cohorts.models import Booking, Occasion
from cohorts.states.events import BookingStatus
from steppingup.accounts.actors import LinkHolder
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import staff
from tests.factories.cohorts import ProgrammeFactory
from tests.factories.events import BookingFactory, booked, cancelled, link_of, opened
from tests.racing import at_once

pytestmark = pytest.mark.django_db
S = BookingStatus


@pytest.fixture
def programme():
    return ProgrammeFactory(is_published=True)


@pytest.fixture
def coordinator(programme):
    return staff(RoleName.COORDINATOR, programme.provider)


def page_of(occasion):
    return reverse("cohorts:occasion", args=[occasion.programme.path, occasion.pk])


def statuses(occasion):
    return list(occasion.bookings.order_by("pk").values_list("status", flat=True))


def again(occasion):
    return Occasion.objects.for_steps().get(pk=occasion.pk)


def entry(message):
    """What goes into a calendar: its method, and the event."""
    found = Calendar.from_ical(message.calendar)
    [event] = found.walk("VEVENT")
    return str(found["method"]), event


def again_booking(booking):
    return Booking.objects.for_steps().get(pk=booking.pk)


# -- places --------------------------------------------------------------------------------------------


@pytest.mark.requirement("B27")
def test_who_waits_longest_moves_up_when_somebody_cancels(programme, coordinator):
    occasion = opened(coordinator, programme=programme, capacity=1)
    first, second, third = (booked(occasion) for _ in range(3))
    assert statuses(occasion) == [S.BOOKED, S.WAITING, S.WAITING]
    assert "number 2 on the waiting list" in Message.objects.get(to_email=third.email).text
    cancelled(first)
    assert statuses(occasion) == [S.CANCELLED, S.BOOKED, S.WAITING]
    assert "You have a place." in Message.objects.filter(to_email=second.email).latest("pk").text
    ended = Message.objects.get(kind="cohorts.booking_ended")
    assert entry(ended)[0] == "CANCEL"
    booking = again_booking(first)
    bookings.book(booking=booking, by=LinkHolder(link_of(first)))
    assert statuses(occasion) == [S.WAITING, S.BOOKED, S.WAITING]
    cancelled(second)
    assert statuses(occasion) == [S.WAITING, S.CANCELLED, S.BOOKED], "whoever comes back stands at the end"
    occasions.change_places(occasion=again(occasion), capacity=2, by=coordinator)
    assert statuses(occasion) == [S.BOOKED, S.CANCELLED, S.BOOKED]
    with pytest.raises(NotPossible, match="2 places are taken already"):
        occasions.change_places(occasion=again(occasion), capacity=1, by=coordinator)
    with pytest.raises(NotPossible, match="at least 1"):
        occasions.change_places(occasion=again(occasion), capacity=0, by=coordinator)
    with pytest.raises(NotPossible, match="booked already"):
        bookings.book(booking=booking, by=LinkHolder(link_of(first)))


def test_a_cancellation_by_staff_is_taken_back_with_whoever_moved_up(programme, coordinator):
    occasion = opened(coordinator, programme=programme, capacity=1)
    first, _ = booked(occasion), booked(occasion)
    bookings.cancel(booking=again_booking(first), by=coordinator)
    assert statuses(occasion) == [S.CANCELLED, S.BOOKED]
    take_back(taking=Taking.objects.standing().latest("pk"), reason="Another Amara.", by=coordinator)
    assert statuses(occasion) == [S.BOOKED, S.WAITING]


def test_a_place_that_somebody_else_has_by_now_does_not_come_back(programme, coordinator):
    occasion = opened(coordinator, programme=programme, capacity=1)
    first = booked(occasion)
    bookings.cancel(booking=again_booking(first), by=coordinator)
    booked(occasion)
    taking = Taking.objects.standing().filter(step="cohorts.booking.cancel").get()
    with pytest.raises(NotPossible, match="are taken by now"):
        take_back(taking=taking, reason="Another Amara.", by=coordinator)
    assert statuses(occasion) == [S.CANCELLED, S.BOOKED]


@pytest.mark.django_db(transaction=True)
def test_of_thirty_who_book_at_once_exactly_as_many_come_as_there_are_places():
    programme = ProgrammeFactory(is_published=True)
    by = staff(RoleName.COORDINATOR, programme.provider)
    occasion = opened(by, programme=programme, capacity=5)
    rows = [BookingFactory(occasion=occasion) for _ in range(30)]
    links = [LinkHolder(link_of(one)) for one in rows]
    for one in at_once(
        [
            lambda booking=booking, link=link: bookings.book(booking=again_booking(booking), by=link)
            for booking, link in zip(rows, links, strict=True)
        ]
    ):
        assert not isinstance(one, Exception), one
    assert sorted(statuses(occasion)) == [S.BOOKED] * 5 + [S.WAITING] * 25
    holding = list(occasion.bookings.booked().for_steps())
    at_once(
        [
            lambda booking=booking: bookings.cancel(booking=booking, by=LinkHolder(link_of(booking)))
            for booking in holding
        ]
    )
    assert sorted(statuses(occasion)) == [S.BOOKED] * 5 + [S.CANCELLED] * 5 + [S.WAITING] * 20


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["book", "cancel", "more"]), st.integers(min_value=0, max_value=5)), max_size=14
    )
)
def test_in_whichever_order_nobody_waits_while_there_is_a_place_nor_before_whoever_came_first(moves):
    with transaction.atomic():
        programme = ProgrammeFactory(is_published=True)
        by = staff(RoleName.COORDINATOR, programme.provider)
        occasion = opened(by, programme=programme, capacity=2)
        people = [BookingFactory(occasion=occasion) for _ in range(6)]
        line: list[int] = []  # in the order in which they booked: the first ones come, the others wait
        capacity = 2
        for what, number in moves:
            one = again_booking(people[number])
            if what == "more":
                capacity += 1
                occasions.change_places(occasion=again(occasion), capacity=capacity, by=by)
            elif what == "book" and one.pk not in line:
                bookings.book(booking=one, by=LinkHolder(link_of(one)))
                line.append(one.pk)
            elif what == "cancel" and one.pk in line:
                bookings.cancel(booking=one, by=LinkHolder(link_of(one)))
                line.remove(one.pk)
            assert set(occasion.bookings.booked().values_list("pk", flat=True)) == set(line[:capacity])
            assert list(occasion.bookings.in_line().values_list("pk", flat=True)) == line[capacity:]
        transaction.set_rollback(True)


def test_the_database_gives_no_place_that_there_is_not(programme, coordinator):
    occasion = opened(coordinator, programme=programme, capacity=1)
    booked(occasion)
    second = booked(occasion)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=second.pk).update(status=S.BOOKED)
