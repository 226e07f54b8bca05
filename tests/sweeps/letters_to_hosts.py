"""Moments at which letters to those who host an assignment are written."""

from cohorts.actions import supervising
from tests.sweeps.letters_moments import moment
from tests.sweeps.world import World


@moment
def a_day_waits_for_the_host(w: World) -> int:
    """It was recorded, and the supervisor has not been told of it yet."""
    return supervising.tell_of_days()
