"""Moments at which letters to those who book events are written."""

from datetime import timedelta
from typing import Any

from cohorts.actions import bookings, inviting
from cohorts.models import Programme
from steppingup.messaging.reminders import all_kinds
from tests.sweeps.letters_moments import moment, of_kind
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World


@moment
def calendars_are_brought_up_to_date(w: World) -> int:
    """The one session goes in, and the other, to which they are not due, out."""
    Programme.objects.update(sends_invitations=True)
    change(w.visit, cancelled_at=now())
    return inviting.keep_invited()


@moment
def a_visitor_asks_for_a_place(w: World) -> Any:
    return bookings.ask_to_book(occasion=w.occasion, name="New", email="new@example.org")


@moment
def an_event_is_over(w: World) -> None:
    begun = now() - timedelta(days=1)
    change(w.occasion, starts_at=begun, ends_at=begun + timedelta(hours=2))
    [over] = [kind for kind in all_kinds() if kind.key == "cohorts.event_over"]
    of_kind(over)(w)
