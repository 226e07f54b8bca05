"""What holds of the days of an assignment as its host or its first day change."""

from cohorts.models import Placement, Supervisor
from steppingup import clock
from steppingup.formats import english
from steppingup.history.lifecycle import refuse


def end_supervision(placement: Placement) -> None:
    """Whoever looked after them at the host of before has nothing more to see or to confirm."""
    Supervisor.objects.filter(placement=placement, ended_at=None).update(ended_at=clock.now())


def recorded_before_it_begins(placement: Placement) -> str:
    """A sentence where a day is recorded from before the first day that it is to have: none counts from before it began."""
    if not placement.pk or placement.starts_on is None:
        return ""
    first = placement.days.standing().filter(on__lt=placement.starts_on).order_by("on").first()
    if first is None:
        return ""
    return f"{english.day_date(first.on)} is recorded as worked on it. Enter that day or an earlier one, or remove the day first."


def require_to_begin_in_time(placement: Placement) -> None:
    refuse(recorded_before_it_begins(placement), "worked", field="starts_on")
