"""Events beside the programme, named after moments of booking."""

from datetime import timedelta
from typing import Any

import factory
from django.urls import reverse
from factory.django import DjangoModelFactory

from cohorts.actions import bookings, occasions
from cohorts.models import Booking, Occasion
from cohorts.notices.events import BOOKING_LINK
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from tests.factories.cohorts import ProgrammeFactory


class OccasionFactory(DjangoModelFactory):
    """A briefing in three weeks that is being prepared; `dated=False`: the date is to be confirmed."""

    class Meta:
        model = Occasion

    class Params:
        dated = True

    programme = factory.SubFactory(ProgrammeFactory)
    title = factory.Sequence(lambda n: f"Briefing {n}")
    text = "Come and ask."
    venue = "City Hall"
    starts_at = factory.LazyAttribute(
        lambda one: (clock.now() + timedelta(days=21)).replace(second=0, microsecond=0) if one.dated else None
    )
    ends_at = factory.LazyAttribute(lambda one: one.starts_at + timedelta(hours=2) if one.starts_at else None)


class BookingFactory(DjangoModelFactory):
    """Somebody who has asked for a place and not confirmed it."""

    class Meta:
        model = Booking

    occasion = factory.SubFactory(OccasionFactory)
    name = factory.Sequence(lambda n: f"Visitor {n}")
    email = factory.Sequence(lambda n: f"visitor{n}@example.org")


def opened(by: Any, **fields: Any) -> Occasion:
    """Open for booking."""
    one = OccasionFactory(**fields)
    return occasions.open_it(occasion=Occasion.objects.for_steps().get(pk=one.pk), by=by)


def link_of(booking: Booking) -> TokenLink:
    """A link that works, with its secret."""
    link, raw = TokenLink.issue(purpose=BOOKING_LINK, target=booking, email=booking.email, days=9)
    link.raw = raw
    return link


def address_of(booking: Booking, name: str = "booking") -> str:
    return reverse(f"cohorts:{name}", args=[link_of(booking).raw])


def booked(occasion: Occasion, **said: Any) -> Booking:
    """By the link: a place, or the waiting list."""
    who = {name: said.pop(name) for name in ("name", "email") if name in said}
    booking = BookingFactory(occasion=occasion, **who)
    return bookings.book(booking=booking, by=LinkHolder(link_of(booking)), **said)


def cancelled(booking: Booking) -> Booking:
    fresh = Booking.objects.for_steps().get(pk=booking.pk)
    return bookings.cancel(booking=fresh, by=LinkHolder(link_of(booking)))
