"""The world's event beside the programme: open to anybody, with somebody who has the last place and somebody who waits."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cohorts.actions import bookings
from cohorts.models import Booking, SchoolHoliday, SessionInvitation
from cohorts.states.events import EventKind, ForWhom
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from tests.factories.events import BookingFactory, booked, link_of, opened


def hold_events(world: Any) -> None:
    things = world.things
    starts_at = (clock.now() + timedelta(days=21)).replace(hour=12, minute=0, second=0, microsecond=0)
    things.occasion = opened(
        world.coordinator,
        programme=things.running.programme,
        cohort=things.running,
        title=f"Meet the partners{things.town}",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        capacity=1,
    )
    things.booking = booked(things.occasion, name=f"Vera Visitor{things.town}", access="A hearing loop")
    things.waiting_booking = booked(things.occasion, name=f"Wim Waiting{things.town}")
    things.holidays = SchoolHoliday.objects.create(
        provider=things.running.programme.provider,
        name=f"Half-term{things.town}",
        starts_on=date(2031, 10, 27),
        ends_on=date(2031, 10, 31),
    )
    things.calendar_invitation = SessionInvitation.objects.create(
        session=things.visit, enrolment=things.enrolment, is_in=True
    )
    things.booking_token = link_of(things.booking).raw
    things.ceremony = opened(
        world.coordinator,
        programme=things.running.programme,
        cohort=things.running,
        kind=EventKind.CEREMONY,
        for_whom=ForWhom.GRADUATES,
        title=f"Graduation{things.town}",
        guests_each=1,
        starts_at=starts_at + timedelta(days=2),
        ends_at=starts_at + timedelta(days=2, hours=2),
    )
    things.ceremony.reply_by = timezone.localdate(things.ceremony.starts_at)
    things.ceremony.save(update_fields=["reply_by"])
    BookingFactory(occasion=things.ceremony, name=f"Ina Invited{things.town}", invited_at=clock.now())
    things.graduation = graduates_at(things.ceremony, things.enrolment)


def graduates_at(ceremony: Any, enrolment: Any) -> Booking:
    """Comes with a guest, and agrees to photographs."""
    person = enrolment.participant
    made = BookingFactory(occasion=ceremony, name=str(person), email=person.email, enrolment=enrolment)
    said = {"guests": "Ada Guest", "said_as": "as it is written", "photographs": True}
    bookings.book(booking=Booking.objects.for_steps().get(pk=made.pk), by=LinkHolder(link_of(made)), **said)
    return Booking.objects.for_steps().get(pk=made.pk)
