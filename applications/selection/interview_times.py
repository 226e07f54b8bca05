"""Times for many interviews, one after the other: pure, so that its rules can be tried on anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils import timezone

LONGEST = 365  # days over which interviews may be spread


@dataclass(frozen=True)
class Times:
    """The first day, from when to when on each day, how long each lasts and how long the pause after it is (minutes)."""

    first_on: date
    begins: time
    ends: time
    minutes: int
    pause: int = 0

    @property
    def a_day(self) -> int:
        """How many fit into one day."""
        whole = datetime.combine(self.first_on, self.ends) - datetime.combine(self.first_on, self.begins)
        return max(0, (int(whole.total_seconds() // 60) + self.pause) // (self.minutes + self.pause))

    def _all(self) -> Iterator[datetime]:
        for number in range(LONGEST):
            day = self.first_on + timedelta(days=number)
            if day.weekday() > 4 and day != self.first_on:  # a weekend only when it was asked for
                continue
            start = datetime.combine(day, self.begins)
            for place in range(self.a_day):
                yield timezone.make_aware(start + timedelta(minutes=place * (self.minutes + self.pause)))

    def first(self, number: int) -> list[datetime]:
        """The first so many beginnings, in London's time, from Monday to Friday."""
        return list(islice(self._all(), number))
