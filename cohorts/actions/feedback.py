"""What those who were at an event say of it afterwards (L7)."""

from django.db import transaction

from cohorts.actions.bookings import holds_link, locked
from cohorts.models import Booking
from cohorts.states.events import Worth
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.history.lifecycle import refuse_if

NO_WORTH = "Say whether it was worth your time."


@transaction.atomic
def say_afterwards(*, booking: Booking, worth: str, by: Actor, takes: str = "") -> Booking:
    """Whoever was there says by their link whether it was worth their time, and what they took away from it; as often as they like, and the last
    is what stands. Those who run the event read it.

    Raises NotAllowed without the link; NotPossible before the event is over, and for whoever had no place at it."""
    if not holds_link(by, booking):
        raise NotAllowed(f"{by} does not hold the link of this booking.")
    refuse_if(worth not in Worth.values, NO_WORTH, "required", field="worth")
    booking.occasion = locked(booking.occasion)
    booking.refresh_from_db(fields=["status", "came"])
    refuse_if(not booking.occasion.is_over, "Tell us once the event is over.", "not_begun")
    refuse_if(not booking.was_there, "You had no place at this event.", "no_booking")
    booking.worth, booking.takes, booking.answered_at = worth, takes.strip(), clock.now()
    booking.save(update_fields=["worth", "takes", "answered_at"])
    return booking
