"""Who may act on events beside the programme and their bookings."""

from datetime import timedelta
from typing import Any

from tests.sweeps.may import OF_COHORT, Row
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World

OCCASIONS, BOOKINGS, INVITEES, CEREMONIES = (
    f"cohorts.actions.{name}" for name in ("occasions", "bookings", "invitees", "ceremonies")
)


def occasion(w: World) -> dict[str, Any]:
    return {"occasion": w.occasion}


def elsewhere(w: World) -> dict[str, Any]:
    one = w.occasion
    return {"occasion": one, "starts_at": one.starts_at, "ends_at": one.ends_at, "venue": "The Guildhall"}


def somebody(w: World) -> dict[str, Any]:
    return {"occasion": w.occasion, "name": "Jo", "email": "jo@example.org"}


def booking(w: World) -> dict[str, Any]:
    return {"booking": w.booking}


def cancelled(w: World) -> Any:
    return change(w.booking, status="cancelled")


def begun(w: World) -> dict[str, Any]:
    """An hour ago."""
    starts_at = now() - timedelta(hours=1)
    change(w.occasion, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    w.booking.refresh_from_db()
    return {"booking": w.booking}


EVENTS = [
    Row(
        "cohorts.actions.school.enter_school_holidays",
        ("coordinator", "superuser"),
        lambda w: {"provider": w.running.programme.provider, "text": "Half-term, 25 October 2027, 29 October 2027"},
    ),
    Row(f"{OCCASIONS}.open_it", OF_COHORT, occasion),
    Row(f"{OCCASIONS}.say_when", OF_COHORT, elsewhere),
    Row(f"{OCCASIONS}.change_places", OF_COHORT, lambda w: {"occasion": w.occasion, "capacity": 9}),
    Row(f"{OCCASIONS}.cancel", OF_COHORT, occasion),
    Row(f"{OCCASIONS}.restore", OF_COHORT, occasion),
    Row(
        f"{INVITEES}.invite",
        OF_COHORT,
        lambda w: {"occasion": change(w.occasion, for_whom="participants"), "message": "Come."},
    ),
    Row(f"{INVITEES}.invite_person", OF_COHORT, somebody),
    Row(
        "cohorts.actions.guests.open_to_guests",
        OF_COHORT,
        lambda w: {"session": w.visit, "for_whom": "guests"},
    ),
    Row(f"{BOOKINGS}.book_for", OF_COHORT, somebody),
    Row(f"{BOOKINGS}.cancel", OF_COHORT, booking),
    Row("cohorts.actions.answering.comes", OF_COHORT, lambda w: {"booking": cancelled(w)}),
    Row(f"{BOOKINGS}.mark_came", OF_COHORT, begun),
    Row(f"{BOOKINGS}.mark_missed", OF_COHORT, begun),
    Row(f"{CEREMONIES}.put_at", OF_COHORT, lambda w: {"booking": w.graduation, "number": 1}),
    Row(f"{CEREMONIES}.name_guests", OF_COHORT, lambda w: {"booking": w.graduation}),
    Row(f"{CEREMONIES}.no_photographs", OF_COHORT, lambda w: {"booking": w.graduation}),
]
#: Actions that ask nobody, and why.
ANYBODY = (f"{BOOKINGS}.ask_to_book", "cohorts.actions.concerns.raise_concern")
BY_LINK = (
    *(f"cohorts.actions.internal.{name}" for name in ("agree", "decline")),
    f"{BOOKINGS}.book",
    f"{BOOKINGS}.be_told",
    f"{BOOKINGS}.change",
    "cohorts.actions.ceremonies.say_photographs",
    "cohorts.actions.feedback.say_afterwards",
    "cohorts.actions.confirmations.confirm",
)
BY_THE_CLOCK = (
    f"{BOOKINGS}.forget_unconfirmed",
    f"{INVITEES}.invite_due",
    "cohorts.actions.inviting.keep_invited",
    "cohorts.actions.inviting.record_answer",
)
#: Their actions are about nobody whom staff judge.
BESIDE = [
    f"cohorts.{name}.*"
    for name in (
        "answering",
        "bookings",
        "ceremonies",
        "confirmations",
        "feedback",
        "guests",
        "invitees",
        "inviting",
        "occasions",
        "openings",
        "opportunities",
        "school",
    )
]
