"""Times for many interviews, one after the other: pure, so that its rules can be tried on anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils import timezone

from cohorts.planning.bank_holidays import ENGLAND_AND_WALES, is_working_day

LONGEST = 365  # days over which interviews may be spread


@dataclass(frozen=True)
class Times:
    """The first day, from when to when on each day, how long each lasts and how long the pause after it is (minutes), and
    from when to when the panel has lunch (nothing: it has none)."""

    first_on: date
    begins: time
    ends: time
    minutes: int
    pause: int = 0
    lunch_from: time | None = None
    lunch_to: time | None = None
    nation: str = ENGLAND_AND_WALES

    @property
    def a_day(self) -> int:
        """How many fit into one day."""
        return len(list(self._of_one_day()))

    def _of_one_day(self) -> Iterator[timedelta]:
        """When each of a day begins, after its first hour. Nothing lies within lunch: what would, begins after it."""
        length, pause = timedelta(minutes=self.minutes), timedelta(minutes=self.pause)
        start, end = _since_midnight(self.begins), _since_midnight(self.ends)
        lunch = (_since_midnight(self.lunch_from), _since_midnight(self.lunch_to))
        while start + length <= end:
            if lunch[0] < lunch[1] and start < lunch[1] and start + length > lunch[0]:
                start = lunch[1]
                continue
            yield start
            start += length + pause

    def _all(self) -> Iterator[datetime]:
        for number in range(LONGEST):
            day = self.first_on + timedelta(days=number)
            if day != self.first_on and not is_working_day(day, self.nation):  # only when it was asked for
                continue
            for start in self._of_one_day():
                yield timezone.make_aware(datetime.combine(day, time.min) + start)

    def first(self, number: int) -> list[datetime]:
        """The first so many beginnings, in London's time, on working days."""
        return list(islice(self._all(), number))


def _since_midnight(at: time | None) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute) if at else timedelta()
