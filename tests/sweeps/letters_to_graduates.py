"""Moments at which letters to graduates are written."""

from cohorts.actions import destinations
from cohorts.models import Destination
from tests.factories.cohorts import day
from tests.sweeps.letters_moments import moment
from tests.sweeps.world import World


@moment
def graduates_are_asked_where_they_are(w: World) -> int:
    """By the clock, the day after they completed."""
    Destination.objects.all().delete()
    return destinations.ask_graduates(day(1))
