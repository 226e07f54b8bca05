"""Events beside the programme: opened, dated, moved, cancelled; and who is invited to one (B25 to B28, B47)."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from cohorts.actions.bookings import RUN, locked, move_up
from cohorts.models import Booking, Occasion
from cohorts.models.events import MOST_PLACES
from cohorts.notices import events as notices
from cohorts.states.events import EVENT, EventStatus, ForWhom
from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.formats import english
from steppingup.formats.date_fields import MomentInput
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.history.patience import GRACE
from steppingup.steps.letters import say_how_it_stands
from steppingup.steps.step import StepForm, Waiting, Weight, asking, step


def message_field(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


# -- open for booking --------------------------------------------------------------------------------


def _on_opening(occasion: Occasion, **_: Any) -> str:
    if occasion.for_whom == ForWhom.ANYBODY:
        return "It stands on the programme’s public page, and everybody can book it. Nobody is told by email."
    return "It is on no public page. You invite people afterwards, and each of them books by a link of their own. Nobody is told yet."


@step(
    Occasion,
    "Open it for booking",
    noun="occasion",
    past="Opened for booking",
    meaning=_on_opening,
    permission=RUN,
    lifecycle=EVENT,
    policy=lambda occasion: refuse_if(occasion.is_over, "This event is over.", "over"),
    weight=Weight.STRONG,
)
def open_it(*, occasion: Occasion, by: Actor) -> Occasion:
    return EVENT.move(occasion, "open_it")


# -- when and where ----------------------------------------------------------------------------------


class WhenForm(StepForm):
    """When and where; both times empty while the date is to be confirmed."""

    starts_at = MomentInput(
        label="Starts", required=False, help_text="Leave both times empty while the date is to be confirmed."
    )
    ends_at = MomentInput(label="Ends", required=False)
    expected = NameInput(
        label="Roughly when, while there is no date",
        max_length=100,
        required=False,
        help_text="Such as “in December 2019”.",
    )
    venue = NameInput(
        label="Where", max_length=200, required=False, help_text="Leave it empty while it is to be confirmed."
    )
    online_link = forms.URLField(label="Link, if it is online", required=False, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].initial = getattr(self.subject, name)


OF_A_SESSION = "This event is a session of the cohort: when and where it is, and whether it takes place, you say on the session’s page."


def _require_own_date(occasion: Occasion) -> None:
    refuse_if(occasion.session_id, OF_A_SESSION, "of_a_session")


def _require_to_hold(occasion: Occasion) -> None:
    _require_own_date(occasion)
    refuse_if(occasion.is_over, "This event is over.", "over")


def _require_to_say_when(occasion: Occasion) -> None:
    _require_own_date(occasion)
    _require_to_date(occasion)


def _require_to_date(occasion: Occasion) -> None:
    refuse_if(occasion.status == EventStatus.CANCELLED, "This event has been cancelled.", "cancelled")
    refuse_if(occasion.is_over, "This event is over.", "over")


@step(
    Occasion,
    "Say when and where",
    name="say_when",
    noun="occasion",
    past="Said when and where",
    meaning="Everybody who has a place, waits for one or asked to be told the date gets an email, and an entry for their calendar.",
    permission=RUN,
    policy=_require_to_say_when,
    form=WhenForm,
    undo="say_when",
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.without_a_date(), "event has no date yet", "events have no date yet", order=60),
)
def say_when(
    *,
    occasion: Occasion,
    by: Actor,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    expected: str = "",
    venue: str = "",
    online_link: str = "",
) -> Occasion:
    """A date, another one, or none again. Whoever booked or asked to be told hears of it.

    Raises NotPossible for one time without the other, for a time that has passed, and where nothing changes."""
    found = locked(occasion)
    _require_to_say_when(found)
    refuse_if(
        bool(starts_at) != bool(ends_at),
        "Enter both times, or neither.",
        "order",
        field="starts_at" if ends_at else "ends_at",
    )
    refuse_if(
        starts_at and ends_at and ends_at <= starts_at, "The event must end after it starts.", "order", field="ends_at"
    )
    refuse_if(
        starts_at and starts_at <= clock.now(), "This time has passed. Enter one to come.", "passed", field="starts_at"
    )
    refuse_if(
        starts_at and found.reply_by and timezone.localdate(starts_at) < found.reply_by,
        f"People are asked to answer by {english.day_date(found.reply_by)}, which would be after it. Change that day first, or enter a later one.",
        "order",
        field="starts_at",
    )
    new = (starts_at, ends_at, "" if starts_at else expected.strip(), venue.strip(), online_link.strip())
    refuse_if(
        new == (found.starts_at, found.ends_at, found.expected, found.venue, found.online_link),
        "Nothing has changed. Enter another time or another place.",
        "same",
    )
    before, was_dated = f"{found.when_in_words}. {found.place_in_words}", found.starts_at is not None
    found.starts_at, found.ends_at, found.expected, found.venue, found.online_link = new
    found.save(update_fields=["starts_at", "ends_at", "expected", "venue", "online_link"])
    found.refresh_from_db(fields=["sequence"])
    notices.tell_changed(found, before, was_dated)
    return found


# -- places ------------------------------------------------------------------------------------------


class PlacesForm(StepForm):
    capacity = forms.IntegerField(
        label="Places",
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text="Leave it empty if everybody gets a place.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"Enter a whole number from 1 to {MOST_PLACES}, or leave it empty."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capacity"].initial = self.subject.capacity


@step(
    Occasion,
    "Change how many can come",
    name="change_places",
    noun="occasion",
    past="Changed how many can come",
    meaning="If there are more places, those who wait longest get them, and are told. Whoever waits for more places than there are at all by then "
    "is asked to name fewer guests, and holds up nobody.",
    permission=RUN,
    policy=_require_to_date,
    form=PlacesForm,
    undo="change_places",
)
def change_places(*, occasion: Occasion, by: Actor, capacity: int | None = None) -> Occasion:
    """More places go to those who wait. Raises NotPossible for fewer than are taken."""
    found = locked(occasion)
    _require_to_date(found)
    refuse_if(capacity is not None and capacity < 1, "Enter at least 1 place.", "no_place", field="capacity")
    taken = found.bookings.booked().seats()
    refuse_if(
        capacity is not None and capacity < taken,
        f"{english.counted(taken, 'place')} {'is' if taken == 1 else 'are'} taken already, so there cannot be fewer.",
        "places_taken",
        field="capacity",
    )
    before = found.capacity
    found.capacity = capacity
    found.save(update_fields=["capacity"])
    move_up(found)
    _tell_of_what_fits(found, before)
    return found


def _tell_of_what_fits(occasion: Occasion, before: int | None) -> None:
    """Parties that wait, and now are more than all places together, or no longer are."""
    for booking in occasion.bookings.waiting().to_write_to().for_steps().order_by("since", "pk"):
        if booking.never_fits != (before is not None and booking.seats > before):
            notices.tell_standing(booking)


# -- cancelled, and held after all -------------------------------------------------------------------


@step(
    Occasion,
    "Cancel the event",
    name="cancel",
    noun="occasion",
    past="Cancelled",
    meaning="Everybody who has a place, waits for one or asked to be told the date is told. It goes from the programme’s page.",
    permission=RUN,
    policy=_require_to_hold,
    lifecycle=EVENT,
    form=asking(message=message_field("Why, and what happens instead (optional)", "Everybody who is told reads this.")),
    undo="restore",
    grace=GRACE,
    grace_if=lambda occasion: occasion.starts_at is None or (occasion.starts_at - clock.now()).days >= 1,
    weight=Weight.DANGER,
)
def cancel(*, occasion: Occasion, by: Actor, message: str = "") -> Occasion:
    found = EVENT.move(locked(occasion), "cancel")
    found.refresh_from_db(fields=["sequence"])
    notices.tell_called_off(found, message.strip())
    return found


@step(
    Occasion,
    "Hold it after all",
    name="restore",
    noun="occasion",
    past="Held after all",
    meaning="It is open for booking again. Everybody who had a place or waited for one has it as before, and is told.",
    permission=RUN,
    policy=_require_to_hold,
    lifecycle=EVENT,
)
def restore(*, occasion: Occasion, by: Actor) -> Occasion:
    found = EVENT.move(locked(occasion), "restore")
    found.refresh_from_db(fields=["sequence"])
    notices.tell_changed(found, "It had been cancelled. It takes place after all", was_dated=False)
    move_up(found)
    return found


def _how_it_stands(booking: Booking, message: Any) -> str:
    found = Booking.objects.for_steps().filter(pk=booking.pk).first()
    if found is None:
        return "Nothing is booked for you."
    return f"“{found.occasion}”: {found.occasion.when_in_words}. {notices.standing_of(found)}"


say_how_it_stands(Booking, _how_it_stands)
