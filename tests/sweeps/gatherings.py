"""The world's event beside the programme: open to anybody, with somebody who has the last place and somebody who waits."""

from datetime import date, timedelta
from typing import Any

from cohorts.models import SchoolHoliday, SessionInvitation
from steppingup import clock
from tests.factories.events import booked, link_of, opened


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
