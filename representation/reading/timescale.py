"""The month in the words of a timescale (R10): “Funding to be in place by Sept 2010”."""

import re
from collections.abc import Iterator
from datetime import date

from steppingup.formats.dates import MONTHS
from steppingup.formats.sameness import DASHES, fold

_NAMES = "|".join(rf"{name[:3]}(?:{name[3:]})?" if name[3:] else name for name in MONTHS).replace(
    "sep(?:tember)?", "sept?(?:ember)?"
)
_SIGN = rf"[{DASHES}/]"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
#: Between a month and its year: “May 2010”, “Dec., 2011”, “Mar-10”, “March ’09”, “Mar 09”, “31 March 09”, “June2010”, “May 31, 2010”.
_NAMED = re.compile(
    rf"(?P<day>\b{_DAY}\s+(?:of\s+)?)?\b(?P<name>{_NAMES})(?:(?:\s+{_DAY})?\.?,?\s*(?:of\s+)?{_SIGN}?\s*(?P<year>\d{{4}})"
    rf"|\.?\s*[’'‘`]\s?(?P<short>\d\d)|{_SIGN}(?P<dashed>\d\d)|\.?\s+(?P<nought>0\d)|(?(day)\.?\s+(?P<two>\d\d)|(?!)))"
    rf"(?![\w’'])(?!\.\d)(?!,?\s+\d{{4}})(?!\s?{_SIGN}\s?\d)",
    re.IGNORECASE,
)
#: “2010 March”, “2010-03”, “2010-03-31”, “31/03/2010”, “31.3.10”, “03/2010”: the day comes before the month, as it does here.
_YEAR_FIRST = re.compile(rf"\b(\d{{4}})\s+({_NAMES})\b(?!\.?,?\s*\d)", re.IGNORECASE)
_ISO = re.compile(r"(?<![\d/.-])(\d{4})-(\d{2})(?:-(\d{2}))?(?![\d/-])")
_FIGURES = re.compile(r"(?<![\d/.-])(?:(\d{1,2})[/.-])?(\d{1,2})[/.-](\d{4})(?![\d/-])")
_SHORT = re.compile(r"(?<![\d/.-])(\d{1,2})([/.])(\d{1,2})\2(\d{2})(?![\d/-]|\.\d)")
#: “April to June 2010”, “March/April 2010”, “May 2010 – June”: another month, whose year is the same.
_ANOTHER = re.compile(
    rf"\b({_NAMES})\b\.?\s*(?:\d{{4}}\s*)?(?:[{DASHES}/&,+]|to|and|or|until|till|through)\s*(?:{_DAY}\s+)?(?:of\s+)?({_NAMES})\b",
    re.IGNORECASE,
)


def month_in(words: str) -> date | None:
    """The first day of the month that the words name. Nothing where they name none (“Q3 08/09”, “Spring 2010”, “by end of Dec.”), or more
    than one: which of them is meant is not for us to say. “March 10” may be a day as well as a year, “2009-10” and “March 2009/10” name
    a year of two halves: none of them names a month."""
    found = {date(year, month, 1) for year, month in _months(words) if 1900 <= year <= 2199 and 1 <= month <= 12}
    if len(found) != 1:
        return None
    only = found.pop()
    others = {_number(name) for both in _ANOTHER.findall(words) for name in both}
    return None if others - {only.month} else only


def _number(name: str) -> int:
    return [month[:3] for month in MONTHS].index(fold(name)[:3]) + 1


def _months(words: str) -> Iterator[tuple[int, int]]:
    for one in _NAMED.finditer(words):
        short = next((one[name] for name in ("short", "dashed", "nought", "two") if one[name]), "")
        yield int(one["year"] or f"20{short}"), _number(one["name"])
    for year, name in _YEAR_FIRST.findall(words):
        yield int(year), _number(name)
    figures = [
        *((year, month, day) for year, month, day in _ISO.findall(words) if day or int(month) != (int(year) + 1) % 100),
        *((year, month, day) for day, month, year in _FIGURES.findall(words)),
        *((f"20{year}", month, day) for day, _, month, year in _SHORT.findall(words)),
    ]
    for year, month, day in figures:
        if _is_day(year, month, day):
            yield int(year), int(month)


def _is_day(year: str, month: str, day: str) -> bool:
    """Is there such a day, where there is one in it? Nothing is read out of “31/02/2010”."""
    try:
        date(int(year), int(month), int(day or 1))
    except ValueError:
        return False
    return True
