"""Booking an event beside the programme, without an account: asked for, confirmed by an emailed link, cancelled; and a waiting list that
moves up by itself (B27)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction

from cohorts.actions.seats import NO_NAME, is_open_to_next, say
from cohorts.models import Booking, Enrolment, Occasion
from cohorts.notices import events as notices
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from cohorts.states.events import BOOKING, BookingStatus, EventStatus, ForWhom
from steppingup import clock
from steppingup.accounts import attempts
from steppingup.accounts.actors import SYSTEM, Actor, LinkHolder, NotAllowed, System, may
from steppingup.accounts.models import TokenLink
from steppingup.formats import english
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.formats.sameness import mailbox
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.models import Change
from steppingup.steps.restoring import Back, Row, keep
from steppingup.steps.step import StepForm, Weight, step

RUN = CohortPermission.RUN_COHORTS
#: So many emails an hour at most go to one mailbox, whoever keeps typing its address into the form.
HOURLY = 3
#: Who never followed the link is forgotten after so long.
UNCONFIRMED = timedelta(days=14)
LONGEST = 1000
NO_EMAIL = "Enter an email address."


def locked(occasion: Occasion) -> Occasion:
    """The event, held: whoever takes, gives back or adds places comes one after the other."""
    return Occasion.objects.select_for_update(of=("self",)).for_steps().get(pk=occasion.pk)


def require_bookable(occasion: Occasion) -> None:
    refuse_if(occasion.status == EventStatus.CANCELLED, "This event has been cancelled.", "cancelled")
    refuse_if(occasion.status != EventStatus.OPEN, "This event is not open for booking.", "not_open")
    refuse_if(
        occasion.starts_at and occasion.starts_at <= clock.now(),
        "This event has begun or is over, so it can no longer be booked.",
        "begun",
    )


def graduate_with(occasion: Occasion, email: str) -> Enrolment | None:
    """Whose graduation it is, where somebody with this address comes to a ceremony."""
    if not occasion.is_ceremony:
        return None
    on_it = (EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED)
    return Enrolment.objects.filter(cohort=occasion.cohort, participant__email=email, status__in=on_it).first()


def move_up(occasion: Occasion) -> None:
    """Whoever waits longest takes what is free, and is told. The caller holds the event; nothing moves once it has begun."""
    if occasion.status != EventStatus.OPEN or (occasion.starts_at and occasion.starts_at <= clock.now()):
        return
    for booking in list(occasion.bookings.in_line().to_write_to().for_steps()):
        if not occasion.has_room(booking.seats):
            return
        BOOKING.move(booking, "move_up", since=clock.now())
        notices.tell_standing(booking)


def place(booking: Booking, occasion: Occasion) -> None:
    """A place where one is free, else the end of the waiting list; they are told which. The caller holds the event."""
    is_next = is_open_to_next(occasion, booking.seats)
    BOOKING.move(booking, "book" if is_next else "wait", since=clock.now(), came=None)
    booking.occasion = occasion
    notices.tell_standing(booking)


# -- by whoever wants to come ------------------------------------------------------------------------


@transaction.atomic
def ask_to_book(*, occasion: Occasion, name: str, email: str, by: Actor = SYSTEM) -> Booking:
    """Somebody types in an address. It gets an email with a link; only on the page behind it is something booked.

    An address that has booked already gets an email too, so that the page can give everybody the same answer. Raises NotPossible for
    an event that cannot be booked, or not by everybody."""
    require_bookable(occasion)
    refuse_if(occasion.for_whom != ForWhom.ANYBODY, "This event is by invitation.", "by_invitation")
    name, email = required(name, NO_NAME, "name"), required(email, NO_EMAIL, "email")
    # Of two clicks the second finds what the first made, by the constraint `booking_once`.
    booking, _ = Booking.objects.get_or_create(occasion=occasion, email=email, defaults={"email": email, "name": name})
    if attempts.count("event", mailbox(email), minutes=60) > HOURLY:
        return booking
    booking.occasion = occasion
    if booking.status == BookingStatus.ASKED and booking.invited_at is None:
        booking.name, booking.asked_at = name, clock.now()
        booking.save(update_fields=["name", "asked_at"])
        notices.ask_to_confirm(booking)
    else:
        notices.tell_standing(booking)
    return booking


def holds_link(by: Actor, booking: Booking) -> bool:
    if not isinstance(by, LinkHolder) or by.link.purpose != notices.BOOKING_LINK or by.link.target != booking:
        return False
    return TokenLink.objects.usable().filter(pk=by.link.pk).exists()


def _require_own(by: Actor, booking: Booking) -> None:
    if not holds_link(by, booking):
        raise NotAllowed(f"{by} does not hold the link of this booking.")


def _require_own_or_staff(by: Actor, booking: Booking) -> None:
    if not holds_link(by, booking) and not may(by, RUN, booking):
        raise NotAllowed(f"{by} may not cancel this booking.")


@transaction.atomic
def book(*, booking: Booking, by: Actor, **said: Any) -> Booking:
    """Whoever has the link comes: a place, or the waiting list.

    Raises NotAllowed without the link; NotPossible for an event that cannot be booked, and where they have a place or wait."""
    _require_own(by, booking)
    occasion = booking.occasion = locked(booking.occasion)
    require_bookable(occasion)
    refuse_if(
        Booking.objects.get(pk=booking.pk).status in (BookingStatus.BOOKED, BookingStatus.WAITING),
        "You have booked already.",
        "booked_already",
    )
    say(booking, dict(said))
    place(booking, occasion)
    return booking


@transaction.atomic
def be_told(*, booking: Booking, by: Actor, name: str = "") -> Booking:
    """Whoever has the link hears of the date once it is known, and has no place."""
    _require_own(by, booking)
    occasion = locked(booking.occasion)
    require_bookable(occasion)
    refuse_if(occasion.starts_at, "The date is known by now, so you can book a place.", "dated")
    if name.strip():
        say(booking, {"name": name})
    BOOKING.move(booking, "be_told", since=clock.now())
    booking.occasion = occasion
    notices.tell_standing(booking)
    return booking


@transaction.atomic
def change(*, booking: Booking, by: Actor, **said: Any) -> Booking:
    """Whoever has the link puts right what they are called, what they need, and whom they bring. Staff read it in the list. Places that
    they give back go to whoever waits longest, who is told."""
    _require_own(by, booking)
    occasion = booking.occasion = locked(booking.occasion)
    refuse_if(occasion.is_over, "This event is over.", "over")
    booking.refresh_from_db(fields=["status", "seats"])
    before = booking.seats
    say(booking, dict(said))
    if booking.seats < before:
        move_up(occasion)
    return booking


def _require_to_cancel(booking: Booking) -> None:
    refuse_if(booking.status == BookingStatus.CANCELLED, "This booking is cancelled already.", "state")
    refuse_if(booking.occasion.is_over, "This event is over.", "over")


@step(
    Booking,
    "Cancel the booking",
    name="cancel",
    past="Booking cancelled",
    meaning="They are told. Whoever waits longest gets the place, and is told too.",
    guard=_require_own_or_staff,
    own_back=False,  # whoever has the link books again on the same page
    policy=_require_to_cancel,
    lifecycle=BOOKING,
    back_by=RUN,
    weight=Weight.DANGER,
)
def cancel(*, booking: Booking, by: Actor) -> Booking:
    """They do not come. The place goes to whoever waits longest."""
    occasion = locked(booking.occasion)
    before = Booking.objects.get(pk=booking.pk).status
    BOOKING.move(booking, "cancel")
    booking.occasion = occasion
    notices.tell_ended(booking, before)
    if before in (BookingStatus.BOOKED, BookingStatus.WAITING):
        move_up(occasion)
    return booking


# -- by staff ----------------------------------------------------------------------------------------


def _note(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))


class BookForm(StepForm):
    """Whom, as they said it by telephone or in a letter."""

    name = NameInput(label="Name", max_length=150, error_messages={"required": NO_NAME})
    email = AddressInput(label="Email address", error_messages={"required": NO_EMAIL})
    organisation = NameInput(label="Organisation (optional)", max_length=200, required=False)
    diet = _note("What they eat (optional)")
    access = _note("What they need to take part (optional)")
    guests = _note("Whom they bring, one name on each line (optional)")
    said_as = NameInput(label="How their name is said (optional)", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject is None or not self.subject.is_ceremony:
            del self.fields["guests"], self.fields["said_as"]
            return
        most = english.counted(self.subject.guests_each, "guest")
        self.fields["guests"].help_text = f"A graduate can bring up to {most}; others bring none."


@step(
    Occasion,
    "Book for somebody",
    name="book_for",
    noun="occasion",
    past="Booked",
    meaning="For whoever rang or wrote. They get a place, or stand on the waiting list when all places are taken, and are told which, with "
    "a link by which they can change or cancel it.",
    permission=RUN,
    policy=require_bookable,
    form=BookForm,
)
def book_for(
    *,
    occasion: Occasion,
    name: str,
    email: str,
    by: Actor,
    organisation: str = "",
    diet: str = "",
    access: str = "",
    **said: str,
) -> Booking:
    """Staff book for somebody, at a ceremony with their guests and how their name is said. Raises NotPossible for whoever has booked
    already, and for more guests than they can bring."""
    name, email = required(name, NO_NAME, "name"), required(email, NO_EMAIL, "email")
    held = locked(occasion)
    require_bookable(held)
    begins = {"email": email, "name": name, "enrolment": graduate_with(held, email)}
    booking, _ = Booking.objects.get_or_create(occasion=held, email=email, defaults=begins)
    booking.occasion = held
    refuse_if(
        booking.status in (BookingStatus.BOOKED, BookingStatus.WAITING),
        "This address has booked already.",
        "booked_already",
        field="email",
    )
    say(booking, {"name": name, "organisation": organisation, "diet": diet, "access": access, **said})
    place(booking, held)
    return booking


def _require_begun(booking: Booking) -> None:
    refuse_if(booking.status != BookingStatus.BOOKED, "They have no place at this event.", "no_booking")
    starts_at = booking.occasion.starts_at
    refuse_if(starts_at is None or starts_at > clock.now(), "This event has not begun yet.", "not_begun")


@step(
    Booking,
    "Was there",
    name="mark_came",
    past="Was there",
    meaning="It stands in the list. Nobody is told.",
    permission=RUN,
    policy=_require_begun,
    done=lambda booking: booking.came is True,
    bulk=True,
    undo="mark_missed",
    weight=Weight.STRONG,
)
def mark_came(*, booking: Booking, by: Actor) -> Booking:
    return _mark(booking, True)


@step(
    Booking,
    "Was not there",
    name="mark_missed",
    past="Was not there",
    meaning="It stands in the list. Nobody is told.",
    permission=RUN,
    policy=_require_begun,
    done=lambda booking: booking.came is False,
    bulk=True,
    undo="mark_came",
)
def mark_missed(*, booking: Booking, by: Actor) -> Booking:
    return _mark(booking, False)


def _mark(booking: Booking, came: bool) -> Booking:
    booking.came = came
    booking.save(update_fields=["came"])
    return booking


# -- by itself ---------------------------------------------------------------------------------------


def forget_unconfirmed(*, by: System = SYSTEM) -> int:
    """Addresses that somebody typed and nobody confirmed. Returns how many."""
    found = Booking.objects.never_confirmed(clock.now() - UNCONFIRMED)
    with transaction.atomic():
        keys = list(found.values_list("pk", flat=True))
        Change.objects.filter(table=Booking._meta.db_table, key__in=keys).delete()
        return found.delete()[1].get("cohorts.Booking", 0)


def _goes_back(row: Row) -> bool:
    return row.model is Booking and row.kind == "changed" and '"status": "waiting"' in row.before


def _a_place_is_free(row: Row, back: Back) -> None:
    """Whoever gets their place back needs one. Counted under the event's lock, as by everybody who takes one."""
    booking: Any = row.load()
    if booking is None or row.kind != "changed" or booking.status == BookingStatus.BOOKED:
        return
    if '"status": "booked"' not in row.before:
        return
    occasion = locked(booking.occasion)
    # Whoever moved up by the same step goes back to the waiting list with it.
    goes_back = [one.load() for one in back.rows if _goes_back(one)]
    taken = occasion.bookings.booked().seats() - sum(one.seats for one in goes_back if one)
    full = occasion.capacity is not None and taken + booking.seats > occasion.capacity
    refuse_if(full, f"All places at “{occasion}” are taken by now.", "no_place")


keep(
    Booking,
    lock=_a_place_is_free,
    unless="a place at an event that somebody else has by now",
)
