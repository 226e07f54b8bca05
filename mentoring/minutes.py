"""The minutes that mentor and mentee met, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cohorts.actions.days import days_of_minutes
from cohorts.models import Component
from cohorts.models.plan import HUNDREDTH
from cohorts.progress import to_quarter
from mentoring.models import MentoringSession
from steppingup.formats.english import counted, days


def duration(minutes: int) -> str:
    """“45 minutes”, “2 hours”, “2 hours 30 minutes”."""
    hours, rest = divmod(minutes, 60)
    parts = [counted(hours, "hour")] if hours else []
    return " ".join([*parts, counted(rest, "minute")] if rest or not hours else parts)


@dataclass(frozen=True)
class Met:
    """How often and how long two have met, and what it comes to of the plan's part, if the plan has one."""

    count: int
    minutes: int
    component: Component | None

    @property
    def in_words(self) -> str:
        return f"{counted(self.count, 'session')}, {duration(self.minutes)}"

    @property
    def of_the_plan(self) -> str:
        """“1 of 3 days”, or “about 1 of 3 days” where it is not so to the minute."""
        if self.component is None:
            return ""
        part = self.component
        exact = Decimal(self.minutes) / part.minutes_per_day / part.unit_days
        said = to_quarter(part.in_units(days_of_minutes(part, self.minutes)), part.most, part.least)
        return f"{'' if said == exact.quantize(HUNDREDTH) else 'about '}{days(said)} of {part.in_words}"


def met(sessions: Iterable[MentoringSession], component: Component | None = None) -> Met:
    minutes = [session.minutes for session in sessions]
    return Met(len(minutes), sum(minutes), component)
