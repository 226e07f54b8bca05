"""Graduation ceremonies: in which order graduates are called, and whether photographs may be taken of somebody (B55)."""

from typing import Any

from django import forms
from django.db import transaction

from cohorts.actions.bookings import RUN, holds_link, locked
from cohorts.models import Booking
from cohorts.states.events import BookingStatus
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, step

NOT_IN_ORDER = "Only graduates who come to a ceremony are in its running order."
WHICH_NUMBER = "Enter a whole number from 1 on."


def _require_ceremony(booking: Booking) -> None:
    refuse_if(
        not booking.occasion.is_ceremony, "Only at a graduation ceremony are photographs asked about.", "no_ceremony"
    )


# -- photographs -------------------------------------------------------------------------------------


@transaction.atomic
def say_photographs(*, booking: Booking, photographs: bool, by: Actor) -> Booking:
    """Whoever has the link agrees to be photographed, or withdraws that: before the ceremony and after it, whether they come or not."""
    if not holds_link(by, booking):
        raise NotAllowed(f"{by} does not hold the link of this booking.")
    return _say(booking, photographs)


@step(
    Booking,
    "Take no photographs of them",
    name="no_photographs",
    past="No photographs are taken of them",
    meaning="For whoever rang or wrote. It stands in the list for the day and in the photographer’s column at once. Nobody is told: if "
    "photographs of them have been published, see that they are taken down.",
    permission=RUN,
    policy=_require_ceremony,
    done=lambda booking: booking.photographs is False,
)
def no_photographs(*, booking: Booking, by: Actor) -> Booking:
    """Staff write down that somebody does not agree, or no longer does. That they agree, only they can say, on their page."""
    return _say(booking, False)


def _say(booking: Booking, photographs: bool) -> Booking:
    _require_ceremony(booking)
    booking.photographs = photographs
    booking.save(update_fields=["photographs"])
    return booking


# -- the running order -------------------------------------------------------------------------------


class PlaceForm(StepForm):
    number = forms.IntegerField(
        label="Which place in the running order?",
        min_value=1,
        help_text="1 is called first. The others move along.",
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), WHICH_NUMBER),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].initial = self.subject.position if self.subject else None


def _require_in_order(booking: Booking) -> None:
    refuse_if(booking.enrolment_id is None or booking.status != BookingStatus.BOOKED, NOT_IN_ORDER, "not_in_order")


@step(
    Booking,
    "Move in the running order",
    name="put_at",
    past="Moved in the running order",
    meaning="The others move along. Nobody is told.",
    permission=RUN,
    policy=_require_in_order,
    form=PlaceForm,
    undo="put_at",
)
def put_at(*, booking: Booking, number: int, by: Actor) -> Booking:
    """This graduate is called at that place. Raises NotPossible for a place behind the last one."""
    occasion = locked(booking.occasion)
    line = list(occasion.bookings.in_running_order())
    refuse_if(booking not in line, NOT_IN_ORDER, "not_in_order")
    refuse_if(number < 1, WHICH_NUMBER, "which_place", field="number")
    refuse_if(
        number > len(line),
        f"{english.counted(len(line), 'graduate is', 'graduates are')} in the running order: enter a number from 1 to {len(line)}.",
        "which_place",
        field="number",
    )
    line.remove(booking)
    line.insert(number - 1, booking)
    for place, one in enumerate(line, 1):
        if one.position != place:
            one.position = place
            one.save(update_fields=["position"])
    return booking
