"""Moments at which letters by links are written: to those who host an assignment, and of what a line manager did."""

from cohorts.actions import conversations, supervising
from tests.factories.conversations import SAID
from tests.sweeps.letters_moments import moment
from tests.sweeps.world import World


@moment
def a_day_waits_for_the_host(w: World) -> int:
    """It was recorded, and the supervisor has not been told of it yet."""
    return supervising.tell_of_days()


@moment
def a_line_manager_writes_down_a_conversation(w: World) -> None:
    """The participant hears of it."""
    conversations.log(enrolment=w.enrolment, by=w.manager, **SAID)
