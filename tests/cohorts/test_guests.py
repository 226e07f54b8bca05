"""Line managers and guests: the introductory workshop once recruitment is complete, and sessions that they book (B28 to B30)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.models import Window
from applications.roles import RoleName
from applications.states import ApplicationStatus
from cohorts.actions import bookings, enrolments, guests, invitees, occasions, sessions
from cohorts.models import Booking, Occasion, Session
from cohorts.planning.staying import house_of
from cohorts.states.events import BookingStatus, EventKind, EventStatus, ForWhom
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import UserFactory, staff
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.factories.events import address_of, booked, link_of, opened
from tests.factories.review import arrived
from tests.staff import take_step, with_second_factor
from tests.sweeps.ways import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara():
    return ParticipantFactory(participant__full_name="Amara Okafor", line_manager=UserFactory(full_name="Max Manager"))


@pytest.fixture
def coordinator(amara):
    return staff(RoleName.COORDINATOR, amara.cohort.programme.provider)


def workshop(cohort, by, **more):
    return opened(
        by,
        programme=cohort.programme,
        cohort=cohort,
        title="Introductory workshop",
        kind=EventKind.INTRODUCTION,
        for_whom=ForWhom.MANAGERS,
        **more,
    )


def invited():
    return [one.to_email for one in Message.objects.filter(kind="cohorts.event_invited").order_by("pk")]


@pytest.mark.requirement("B28", "B29")
def test_exactly_the_managers_of_the_successful_are_invited_once_recruitment_is_complete(amara, coordinator):
    cohort = amara.cohort
    ParticipantFactory(cohort=cohort, line_manager=amara.line_manager)  # another of their people
    left = ParticipantFactory(cohort=cohort, line_manager=UserFactory())
    enrolments.withdraw(enrolment=left, reason="A new job.", by=coordinator)
    ParticipantFactory(line_manager=UserFactory())  # of another cohort
    window = WindowFactory(cohort=cohort)
    occasion = workshop(cohort, coordinator)
    assert invitees.invite_due() == 0
    with pytest.raises(NotPossible, match="Applications close on"):
        invitees.invite(occasion=Occasion.objects.for_steps().get(), by=coordinator)
    Window.objects.filter(pk=window.pk).update(
        opens_at=clock.now() - timedelta(days=9), closes_at=clock.now() - timedelta(days=1)
    )
    application = arrived(window)
    with pytest.raises(NotPossible, match="1 application is not decided yet"):
        invitees.invite(occasion=Occasion.objects.for_steps().get(), by=coordinator)
    assert invitees.invite_due() == 0
    put(application, ApplicationStatus.WITHDRAWN)
    assert invitees.invite_due() == 1
    assert invited() == [amara.line_manager.email]
    assert invitees.invite_due() == 0, "nobody twice"
    late = ParticipantFactory(cohort=cohort, line_manager=UserFactory())
    assert invitees.invite_due() == 1
    assert invited()[1:] == [late.line_manager.email], "whoever gets a place later brings their manager"
    assert Booking.objects.filter(occasion=occasion).count() == 2


@pytest.mark.requirement("B30")
def test_guests_of_a_session_book_say_what_they_need_and_hear_when_it_moves(client, amara, coordinator):
    session = SessionFactory(
        cohort=amara.cohort,
        title="Presentations",
        nights=1,
        asks_needs=True,
        starts_at=clock.now() + timedelta(days=20),
    )
    browser = with_second_factor(client, coordinator)
    step = reverse("admin:cohorts_session_step", args=[session.pk, "open_to_guests"])
    take_step(browser, step, for_whom="managers", capacity="5")
    occasion = Occasion.objects.get()
    assert (occasion.session, occasion.starts_at, occasion.status) == (session, session.starts_at, EventStatus.OPEN)
    with pytest.raises(NotPossible, match="open to guests already"):
        guests.open_to_guests(session=session, for_whom="guests", by=coordinator)
    invitees.invite(occasion=Occasion.objects.for_steps().get(), by=coordinator)
    invitees.invite_person(
        occasion=Occasion.objects.for_steps().get(), name="Sol Speaker", email="sol@example.org", by=coordinator
    )
    manager, sol = Booking.objects.order_by("pk")
    assert manager.email == amara.line_manager.email
    text = client.get(address_of(manager)).text
    assert "I stay the night" in text
    assert "1 night, from" in text
    form = {"name": "Max Manager", "diet": "Vegan", "access": "A hearing loop", "stays": "on", "wish": "come"}
    client.post(address_of(manager), form)
    manager.refresh_from_db()
    assert (manager.status, manager.stays) == (BookingStatus.BOOKED, True)
    client.post(address_of(sol), {"name": "Sol Speaker", "diet": "vegan", "wish": "come"})
    house = house_of(session)
    assert [one.name for one in house.outside] == ["Max Manager", "Sol Speaker"]
    assert house.diets == [("Vegan", 2)]
    lines = [(line.what, line.name, line.number) for line in house.lines()]
    assert ("Guests from outside", "", 2) in lines
    assert ("Room", "Max Manager", 1) in lines
    needs = browser.get(reverse("admin:cohorts_session_needs", args=[session.pk])).text
    assert "Guests from outside" in needs
    assert "Sol Speaker" in needs
    assert "2 of 5" in browser.get(reverse("admin:cohorts_session_change", args=[session.pk])).text
    for action in (occasions.say_when, occasions.cancel, occasions.restore):
        with pytest.raises(NotPossible):
            action(occasion=Occasion.objects.for_steps().get(), by=coordinator)
    later = session.starts_at + timedelta(days=1)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=6), venue="Library", by=coordinator)
    assert (Occasion.objects.get().starts_at, Occasion.objects.get().venue) == (later, "Library")
    moved = Message.objects.filter(kind="cohorts.event_changed")
    assert {one.to_email for one in moved} == {manager.email, sol.email}
    assert all("METHOD:REQUEST" in one.calendar for one in moved)
    sessions.cancel(session=Session.objects.for_steps().get(pk=session.pk), by=coordinator)
    assert Occasion.objects.get().status == EventStatus.CANCELLED
    assert Message.objects.filter(kind="cohorts.event_cancelled").count() == 2
    take_back(taking=Taking.objects.standing().latest("pk"), reason="The wrong one.", by=coordinator)
    assert Occasion.objects.get().status == EventStatus.OPEN


def test_what_has_begun_or_is_cancelled_is_opened_to_nobody_and_no_night_is_asked_where_there_is_none(
    client, amara, coordinator
):
    past = SessionFactory(cohort=amara.cohort, starts_at=clock.now() - timedelta(hours=1))
    with pytest.raises(NotPossible, match="has begun"):
        guests.open_to_guests(session=past, for_whom="guests", by=coordinator)
    off = SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=9), cancelled_at=clock.now())
    with pytest.raises(NotPossible, match="was cancelled"):
        guests.open_to_guests(session=off, for_whom="guests", by=coordinator)
    plain = SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=10))
    occasion = guests.open_to_guests(session=plain, for_whom="guests", by=coordinator)
    booking = booked(occasion)
    assert "I stay the night" not in client.get(address_of(booking)).text
    bookings.change(booking=Booking.objects.for_steps().get(), by=LinkHolder(link_of(booking)), stays=True)
    assert Booking.objects.get().stays is None
