"""Graduation ceremonies: guests who are named by staff, in which order graduates are called, and whether photographs may be taken of
somebody (B55)."""

from typing import Any

from django import forms
from django.db import transaction

from cohorts.actions.bookings import LONGEST, RUN, holds_link, locked, move_up
from cohorts.actions.seats import say
from cohorts.models import Booking
from cohorts.notices import events as notices
from cohorts.states.events import BookingStatus
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.formats import english
from steppingup.formats.fields import NameInput
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


# -- guests ------------------------------------------------------------------------------------------


def _require_to_name(booking: Booking) -> None:
    _require_ceremony(booking)
    refuse_if(booking.enrolment_id is None, "Only graduates bring guests.", "brings_none")
    refuse_if(
        booking.status not in (BookingStatus.BOOKED, BookingStatus.WAITING),
        "They do not come as things stand. Book for them first: guests are named there.",
        "no_booking",
    )
    refuse_if(booking.occasion.is_over, "This event is over.", "over")


class GuestsForm(StepForm):
    guests = forms.CharField(
        label="Whom do they bring?",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    said_as = NameInput(label="How is their name said? (optional)", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"guests": self.subject.guests, "said_as": self.subject.said_as, **self.initial}
        most = english.counted(self.subject.most_guests, "guest")
        self.fields["guests"].help_text = f"Up to {most}: one name on each line. Leave it empty if nobody comes along."


@step(
    Booking,
    "Name their guests",
    name="name_guests",
    past="Guests named",
    meaning="For whoever rang or wrote. Each guest takes a place; places that are given back go to whoever waits longest. They are told how it "
    "stands, with a link by which they can change it.",
    permission=RUN,
    policy=_require_to_name,
    form=GuestsForm,
    final="No history is kept of the names of guests: name those of before again.",
)
def name_guests(*, booking: Booking, by: Actor, guests: str = "", said_as: str = "") -> Booking:
    """Staff name whom a graduate brings. Raises NotPossible for more than they can bring, or than there are places."""
    found = Booking.objects.for_steps().get(pk=booking.pk)
    found.occasion = locked(found.occasion)
    found.refresh_from_db(fields=["status", "seats"])
    _require_to_name(found)
    before = found.seats
    say(found, {"guests": guests, "said_as": said_as})
    if found.seats < before:
        move_up(found.occasion)
    notices.tell_standing(Booking.objects.for_steps().get(pk=found.pk))
    return found


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
