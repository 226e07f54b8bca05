"""What somebody has studied by themselves: week by week, against what the plan expects (B45)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cohorts.extensions import Beside
from cohorts.models import Component, Study
from cohorts.models.study import week_of
from steppingup import clock
from steppingup.formats import english

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """The hours of one week, from Monday to Sunday."""

    log: Component | Beside
    monday: date
    hours: Decimal

    @property
    def is_this(self) -> bool:
        return self.monday == week_of(clock.today())

    @property
    def in_words(self) -> str:
        """“3½ of 4–6 hours”; “3½ hours” where the plan states no range."""
        least, most = self.log.week_least, self.log.week_most
        if least is None or most is None:
            return english.days_counted(self.hours, "hour")
        return f"{english.days(self.hours)} of {english.ranged(least, most, 'hour')}"

    @property
    def standing(self) -> str:
        """How it lies against the range: nothing is said of a week that is not over, unless it is reached."""
        least, most = self.log.week_least, self.log.week_most
        if least is None or most is None:
            return ""
        if self.hours > most:
            return "more than expected"
        if self.hours >= least:
            return "as expected"
        return "" if self.is_this else "less than expected"


def hours_of(entries: Iterable[Study]) -> Decimal:
    return sum((entry.hours for entry in entries), Decimal(0))


def weeks_of(log: Component | Beside, entries: Iterable[Study], since: date) -> list[Week]:
    """Every week from the one of this day until now, also those in which nothing was studied; the latest first."""
    hours: dict[date, Decimal] = defaultdict(Decimal)
    for entry in entries:
        hours[week_of(entry.on)] += entry.hours
    first, last = min([week_of(since), *hours]), week_of(clock.today())
    found = []
    while last >= first:
        found.append(Week(log, last, hours[last]))
        last -= WEEK
    return found
