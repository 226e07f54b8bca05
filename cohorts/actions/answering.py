"""What staff write down of somebody who was invited, and answers by telephone or by post: also of whoever has no email address (B27, B55)."""

from typing import Any

from django import forms

from cohorts.actions.bookings import LONGEST, RUN, locked, place, require_bookable
from cohorts.actions.seats import say
from cohorts.models import Booking
from cohorts.states.events import BookingStatus
from steppingup.accounts.actors import Actor
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, step


def _note(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))


class ComesForm(StepForm):
    """What they said. What they had said before stands in it."""

    diet = _note("What they eat (optional)")
    access = _note("What they need to take part (optional)")
    guests = _note("Whom they bring, one name on each line (optional)")
    said_as = NameInput(label="How their name is said (optional)", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        booking = self.subject
        if booking is None or not booking.occasion.has_meal:
            del self.fields["diet"]
        if booking is None or not booking.enrolment_id:
            del self.fields["said_as"]
        if booking is None or not booking.most_guests:
            del self.fields["guests"]
        else:
            self.fields["guests"].help_text = f"Up to {english.counted(booking.most_guests, 'guest')}."
        for name in self.fields:
            self.fields[name].initial = getattr(booking, name)


def _require_no_booking(booking: Booking) -> None:
    require_bookable(booking.occasion)
    refuse_if(
        booking.status in (BookingStatus.BOOKED, BookingStatus.WAITING), "They have booked already.", "booked_already"
    )


@step(
    Booking,
    "Book for them",
    name="comes",
    past="Booked for them",
    meaning="For whoever rang or wrote. They get a place, or stand on the waiting list when all places are taken, and are told which.",
    permission=RUN,
    policy=_require_no_booking,
    form=ComesForm,
)
def comes(*, booking: Booking, by: Actor, **said: str) -> Booking:
    """Somebody who was invited comes. Raises NotPossible for whoever has booked, and for more guests than they can bring."""
    found = Booking.objects.for_steps().get(pk=booking.pk)
    found.occasion = locked(found.occasion)
    found.refresh_from_db(fields=["status", "seats"])
    _require_no_booking(found)
    say(found, dict(said))
    place(found, found.occasion)
    return found
