"""Moments at which letters by links are written: to those who host an assignment, and of what a line manager did."""

from cohorts.actions import conversations, reports, supervising
from cohorts.models import PlacementReport
from tests.factories.cohorts import day
from tests.factories.conversations import SAID
from tests.sweeps.letters_moments import moment
from tests.sweeps.refusals import change
from tests.sweeps.world import World


@moment
def a_day_waits_for_the_host(w: World) -> int:
    """It was recorded, and the supervisor has not been told of it yet."""
    return supervising.tell_of_days()


@moment
def a_line_manager_writes_down_a_conversation(w: World) -> None:
    """The participant hears of it."""
    conversations.log(enrolment=w.enrolment, by=w.manager, **SAID)


@moment
def an_assignment_is_half_way(w: World) -> int:
    """Both sides are asked how it goes."""
    PlacementReport.objects.all().delete()
    change(w.placement, starts_on=day(-9), ends_on=day(9))
    return reports.ask_for_reports()
