"""What somebody says with a booking, how many places that takes, and whether they are to be had (B27, B55)."""

from typing import Any

from cohorts.models import Booking, Occasion
from cohorts.states.events import BookingStatus
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if, required

NO_NAME = "Enter a name."


def is_open_to_next(occasion: Occasion, seats: int = 1) -> bool:
    """Is there room for so many at once? Whoever waits for one place has moved up where one is free; a party that waits for several is not
    overtaken."""
    parties = occasion.bookings.in_line().to_write_to().filter(seats__gt=1)
    return occasion.has_room(seats) and not parties.exists()


def say(booking: Booking, said: dict[str, Any]) -> None:
    """What somebody is called and needs. It takes the place of what was said before."""
    booking.name = required(said.pop("name", booking.name), NO_NAME, "name")
    stays = said.pop("stays", booking.stays)
    booking.stays = stays if booking.occasion.nights else None
    booking.photographs = said.pop("photographs", booking.photographs) if booking.occasion.is_ceremony else None
    for name, value in said.items():
        if name not in ("organisation", "diet", "access", "guests", "said_as"):
            raise ValueError(f"A booking has no {name}.")
        setattr(booking, name, value.strip())
    _count_seats(booking)
    kept = ("name", "organisation", "diet", "access", "stays", "guests", "seats", "said_as", "photographs")
    booking.save(update_fields=kept)


def _count_seats(booking: Booking) -> None:
    """One for them, and one for each guest. The caller holds the event, where that could be more than there are."""
    names, most = booking.guest_names, booking.most_guests
    refuse_if(
        bool(names) and not booking.enrolment_id,
        "Only graduates bring guests to their ceremony, and this is no graduate’s address.",
        "too_many_guests",
        field="guests",
    )
    refuse_if(
        len(names) > most,
        f"You can bring {english.counted(most, 'guest')} at most. Write one name on each line.",
        "too_many_guests",
        field="guests",
    )
    booking.guests, before, booking.seats = "\n".join(names), booking.seats, 1 + len(names)
    refuse_if(
        booking.never_fits,
        f"This event has {english.counted(booking.occasion.capacity or 0, 'place')} in all, for everybody who comes. Name fewer guests.",
        "no_place",
        field="guests",
    )
    comes_with_more = booking.status == BookingStatus.BOOKED and booking.seats > before
    refuse_if(
        comes_with_more and not booking.occasion.has_room(booking.seats - before),
        "There are not as many places left. Name fewer guests.",
        "no_place",
        field="guests",
    )
    refuse_if(
        comes_with_more and not is_open_to_next(booking.occasion),
        "Others are waiting for the places that are left. Name no more guests than you had.",
        "no_place",
        field="guests",
    )
