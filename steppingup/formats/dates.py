"""Days and times as people type them, read in one place: by forms, by the desk and by imports.

    day_of("3/5/26") == day_of("3 May 2026") == day_of("03.05.2026") == day_of("2026-05-03") == date(2026, 5, 3)
    clock_of("9.30am") == clock_of("09:30") == time(9, 30)

The day comes before the month, as it does here. Nothing is guessed: a month 13, a day that no month has, or a year that nobody
can have meant where it was asked for, raises NotMeant with the sentence that says so."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time

from steppingup import clock
from steppingup.formats import english
from steppingup.formats.sameness import DASHES, SLASHES, clean

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXAMPLE = "3 May 2026"
NO_DATE = f"Enter a date, like {EXAMPLE}."
NO_YEAR = f"Enter the year as well, like {EXAMPLE}."
NO_TIME = "Enter a time, like 9:30am or 14:30."
LONGEST = 60  # of anything that is a date or a time


class NotMeant(ValueError):
    """No date or time that somebody can have meant here; the sentence says why, and what to enter."""


@dataclass(frozen=True)
class Within:
    """The days that can be meant: whole years before and after this one. With 0 the days end, or begin, with today."""

    back: int = 30
    ahead: int = 20

    @property
    def first(self) -> date:
        today = clock.today()
        return date(today.year - self.back, 1, 1) if self.back else today

    @property
    def last(self) -> date:
        today = clock.today()
        return date(today.year + self.ahead, 12, 31) if self.ahead else today

    def check(self, day: date) -> date:
        """Returns the day. Raises NotMeant for one that cannot be meant."""
        today = clock.today()
        if not self.ahead and day > today and day.year <= today.year + 1:
            raise NotMeant(f"{english.day_date(day)} is in the future. Enter today’s date or an earlier one.")
        if not self.back and day < today and day.year >= today.year - 1:
            raise NotMeant(f"{english.day_date(day)} is in the past. Enter today’s date or a later one.")
        if not self.first <= day <= self.last:
            raise NotMeant(
                f"The year {day.year} cannot be right here. Enter a date from {english.day_date(self.first)} to "
                f"{english.day_date(self.last)}."
            )
        return day


ANY = Within()
#: What has happened, and what is still to come.
PAST, FUTURE = Within(ahead=0), Within(back=0)


def _plain(text: str) -> str:
    """In small letters of ASCII where it has any, with one kind of dash, slash and apostrophe."""
    found = clean(unicodedata.normalize("NFKC", text[: LONGEST * 4])).casefold()
    found = re.sub(f"[{DASHES}]", "-", re.sub(f"[{SLASHES}]", "/", found))
    return re.sub(r"[’‘`]", "'", found)


def _month(word: str) -> int:
    """The number of a month by its name or the first letters of it; 0 for no month."""
    found = [number for number, name in enumerate(MONTHS, 1) if len(word) > 2 and name.startswith(word)]
    return 9 if word == "sept" else found[0] if len(found) == 1 else 0


def _year(text: str, within: Within) -> int:
    """The year in full. Of two figures, the latest that can be meant."""
    if len(text) != 2:
        return int(text)
    meant = [century + int(text) for century in (1900, 2000, 2100)]
    return max((year for year in meant if within.first.year <= year <= within.last.year), default=2000 + int(text))


_GAP = r"\s*[-/., ]\s*"
_NUMBERS = re.compile(rf"(\d{{1,2}}){_GAP}(\d{{1,2}}){_GAP}'?(\d{{1,5}})", re.ASCII)
_YEAR_FIRST = re.compile(rf"(\d{{4}}){_GAP}(\d{{1,2}}){_GAP}(\d{{1,2}})(?:[t ]0?0:00(?::00(?:\.0+)?)?)?", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})[-/. ]*([a-z]{3,9})[-/., ]*'?(\d{1,5})?", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]{3,9})[-/. ]*(\d{1,2})[-/., ]+'?(\d{1,5})", re.ASCII)
_YEAR_NAME = re.compile(r"(\d{4})[-/., ]*([a-z]{3,9})[-/. ]*(\d{1,2})", re.ASCII)


def _parts(text: str) -> tuple[str, str, str] | None:
    """Day, month and year as they stand in it, a month by name as its number; an empty year where there is none."""
    words = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text)
    words = re.sub(r"\bof\b", " ", words)
    words = re.sub(rf"^({'|'.join(f'{day}|{day[:4]}|{day[:3]}' for day in WEEKDAYS)})\b[., ]*", "", words)
    words = " ".join(words.split())
    if found := _YEAR_FIRST.fullmatch(words):
        return found[3], found[2], found[1]
    if found := _NUMBERS.fullmatch(words):
        return found[1], found[2], found[3]
    for pattern, (day, month, year) in ((_DAY_MONTH, (1, 2, 3)), (_MONTH_DAY, (2, 1, 3)), (_YEAR_NAME, (3, 2, 1))):
        found = pattern.fullmatch(words)
        if found and (number := _month(found[month])):
            return found[day], str(number), found[year] or ""
    return None


def day_of(text: str, within: Within = ANY) -> date:
    """The day that somebody has typed. Raises NotMeant with a sentence where it is none that can be meant."""
    parts = _parts(_plain(text)) if len(text) <= LONGEST else None
    if parts is None:
        raise NotMeant(NO_DATE)
    if not parts[2]:
        raise NotMeant(NO_YEAR)
    day, month, year = int(parts[0]), int(parts[1]), _year(parts[2], within)
    if not 1 <= month <= 12:
        raise NotMeant(f"There is no month {month}. Enter the day first, then the month and the year, like {EXAMPLE}.")
    if not 1 <= year <= 9999:
        raise NotMeant(f"There is no year {year} here. {NO_YEAR}")
    try:
        found = date(year, month, day)
    except ValueError:
        leap = f" {year}" if (day, month) == (29, 2) else ""
        raise NotMeant(f"There is no {day} {MONTHS[month - 1].capitalize()}{leap}. Enter another date.") from None
    return within.check(found)


_CLOCK = re.compile(r"(\d{1,2})(?:[:.h ]?([0-5]\d))?(?::([0-5]\d)(?:\.\d{1,6})?)?\s*(a\.?m\.?|p\.?m\.?)?", re.ASCII)
_NAMED = {"midday": time(12), "noon": time(12), "midnight": time(0), "12 noon": time(12), "12 midnight": time(0)}


def clock_of(text: str) -> time:
    """The time that somebody has typed, to the second. Raises NotMeant for none, and for a bare number of hours, which may be
    in the morning or in the afternoon."""
    plain = _plain(text) if len(text) <= LONGEST else ""
    if plain in _NAMED:
        return _NAMED[plain]
    found = _CLOCK.fullmatch(plain)
    if not found or not (found[2] or found[4]):
        raise NotMeant(NO_TIME)
    hours, half = int(found[1]), (found[4] or "")[:1]
    if half and not 1 <= hours <= 12:
        raise NotMeant(NO_TIME)
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    if hours > 23:
        raise NotMeant(NO_TIME)
    return time(hours, int(found[2] or 0), int(found[3] or 0))


def moment_of(text: str, within: Within = ANY) -> datetime:
    """A day and a time in one line, without a zone: “3 May 2026, 9:30am”, “2026-05-03T09:30”. Raises NotMeant."""
    if len(text) > LONGEST:
        raise NotMeant(f"{NO_DATE[:-1]}, 9:30am.")
    plain = _plain(text)
    parted = re.match(
        r"(.*?\d)(?:t|,? at |,\s*|\s+)(\d{1,2}(?:[:.]\d\d(?::.*)?)?\s*(?:[ap]\.?m\.?)?|midday|noon|midnight)$", plain
    )
    if not parted:
        raise NotMeant(f"{NO_DATE[:-1]}, 9:30am.")
    return datetime.combine(day_of(parted[1], within), clock_of(parted[2]))


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of a month that has no such day (31 August + 6: 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
