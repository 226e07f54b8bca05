"""Moments at which letters to those who host an assignment are written."""

from decimal import Decimal
from typing import Any

from cohorts.actions import placements, supervising
from tests.factories.cohorts import day
from tests.sweeps.letters_moments import moment
from tests.sweeps.refusals import change
from tests.sweeps.world import World


@moment
def a_day_waits_for_the_host(w: World) -> Any:
    """The plan says that the host confirms, and the participant has recorded another day."""
    change(w.placement.component, host_confirms=True)
    placement = type(w.placement).objects.get(pk=w.placement.pk)
    placements.record_day(placement=placement, on=day(-6), days=Decimal("0.5"), what="Talked", by=w.participant)
    return supervising.tell_of_days()
