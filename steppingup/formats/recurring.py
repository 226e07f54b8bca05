"""The days that a working pattern makes: “every other Tuesday, half a day, from 3 March to 30 June”. It knows no database."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from steppingup.formats import english

DAY = timedelta(days=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Monday to Friday.
WORKING_WEEK = (0, 1, 2, 3, 4)
SHARES = {
    Decimal("1"): "",
    Decimal("0.75"): "three quarters of the day",
    Decimal("0.5"): "half the day",
    Decimal("0.25"): "a quarter of the day",
}
EVERY = {1: "every week", 2: "every other week", 3: "every third week", 4: "every fourth week"}


@dataclass(frozen=True)
class Recurring:
    """Which weekdays (Monday is 0), how much of each, in which weeks, and between which days (both of them included). Weeks are counted from
    that of `first`, or of the first day."""

    weekdays: Collection[int]
    starts_on: date
    ends_on: date
    share: Decimal = Decimal(1)
    every_weeks: int = 1
    first: date | None = None

    def dates(self) -> Iterator[date]:
        """All of them in order, whatever else there is on them."""
        first = self.first or self.starts_on
        first_monday = first - first.weekday() * DAY
        for number in range((self.ends_on - self.starts_on).days + 1):
            day = self.starts_on + number * DAY
            week = (day - first_monday).days // 7
            if day.weekday() in self.weekdays and week % self.every_weeks == 0:
                yield day

    def planned(self, days: Decimal, is_off: Callable[[date], bool]) -> list[tuple[date, Decimal]]:
        """So many days at most, without the dates that are off, each with how much of it; the last may be less."""
        found: list[tuple[date, Decimal]] = []
        left = days
        for day in self.dates():
            if left <= 0:
                break
            if not is_off(day):
                share = min(self.share, left)
                found.append((day, share))
                left -= share
        return found


def in_words(weekdays: Collection[int], every_weeks: int = 1, share: Decimal = Decimal(1)) -> str:
    """“every Tuesday and Thursday”, “Mondays every other week, half the day”; empty for none."""
    names = [WEEKDAYS[number] for number in sorted(weekdays)]
    if not names:
        return ""
    when = (
        f"every {english.listed(names)}"
        if every_weeks == 1
        else f"{english.listed([f'{name}s' for name in names])} {EVERY[every_weeks]}"
    )
    return ", ".join(filter(None, (when, SHARES[Decimal(share).normalize()] if Decimal(share) != 1 else "")))
