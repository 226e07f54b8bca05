"""Moments at which letters to those who book events are written."""

from typing import Any

from cohorts.actions import bookings, inviting
from cohorts.models import Programme
from tests.sweeps.letters_moments import moment
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
