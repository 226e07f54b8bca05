"""What is going to happen when. It is written first, in any order, and lived through day by day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from heapq import heappop, heappush
from itertools import count

import pghistory

from applications.actions import offers
from applications.actions.interest import tell_interested
from steppingup.accounts.models import User
from steppingup.clock import Clock, today
from steppingup.demo.clock import moment
from steppingup.messaging.reminders import work_out_reminders

Act = Callable[[], object]
By = User | Callable[[], User | None] | None


@dataclass(order=True)
class Entry:
    """At this moment, this person does this."""

    at: datetime
    number: int
    by: By = field(compare=False)
    act: Act = field(compare=False)


class Diary:
    """Entries by time. An act may write further entries, for later moments."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._entries: list[Entry] = []
        self._numbers = count()
        self.lived = 0

    def write(self, at: datetime, by: By, act: Act) -> None:
        """`by` may be found out at that moment (an account that is not there yet).

        Nothing is written for the future: what has not happened yet does not stand in the diary."""
        if at < self.clock.real:
            heappush(self._entries, Entry(at, next(self._numbers), by, act))

    def write_round(self, day: date) -> None:
        """What the timetable does in the morning: reminders, offers that expire, news for the register of interest."""
        self.write(moment(day, 8, 5), None, daily_round)

    def live(self) -> Iterator[datetime]:
        """Live through everything in the order of time; yields each moment. Each entry has its person in the history."""
        while self._entries:
            entry = heappop(self._entries)
            self.clock.to(entry.at)
            by = entry.by() if callable(entry.by) else entry.by
            who = {"user": by.pk} if by else {}
            with pghistory.context(source="load_demo", **who):
                entry.act()
            self.lived += 1
            yield entry.at


def daily_round() -> None:
    offers.expire_due()
    tell_interested()
    work_out_reminders(today=today())
