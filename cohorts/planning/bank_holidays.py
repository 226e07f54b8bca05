"""Bank holidays of each nation, and the days that are neither one nor at a weekend.

The years of GOV.UK's list are read from the copy that `govuk-bank-holidays` carries (extra days and moved ones included);
nothing is fetched. Years before and after it follow the rule of law, as every ordinary year does: a day that is proclaimed
later is then missing, which the pages that look so far ahead say (`is_certain`). A new release of the package brings it.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

from cohorts.states import Nation
from steppingup.formats import english

DAY = timedelta(days=1)
ENGLAND_AND_WALES = str(Nation.ENGLAND_AND_WALES)


@cache
def _published(nation: str) -> dict[date, str]:
    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=nation)
    return {one["date"]: one["title"] for one in listed}


@cache
def known_years(nation: str = ENGLAND_AND_WALES) -> range:
    """The years that GOV.UK's list has whole."""
    years = [day.year for day in _published(nation)]
    return range(min(years), max(years) + 1)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm)."""
    golden, (century, of_century) = year % 19, divmod(year, 100)
    leap, rest = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    month, day = divmod(moon + sunday - 7 * ((golden + 11 * moon + 22 * sunday) // 451) + 114, 31)
    return date(year, month, day + 1)


def _monday_from(month: int, first: int) -> Callable[[int], date]:
    return lambda year: date(year, month, first) + timedelta(days=-date(year, month, first).weekday() % 7)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


#: Days that are always on a weekday, and days of the month that a Monday or Tuesday stands for when they are not.
EVERYWHERE = {
    "Good Friday": lambda year: easter(year) - 2 * DAY,
    "Early May bank holiday": _monday_from(5, 1),
    "Spring bank holiday": _monday_from(5, 25),
}
EASTER_MONDAY = {"Easter Monday": lambda year: easter(year) + DAY}
LATE_SUMMER = {"Summer bank holiday": _monday_from(8, 25)}
CHRISTMAS = {"Christmas Day": _fixed(12, 25), "Boxing Day": _fixed(12, 26)}
NEW_YEAR = {"New Year’s Day": _fixed(1, 1)}
RULES: dict[str, tuple[dict[str, Callable[[int], date]], dict[str, Callable[[int], date]]]] = {
    Nation.ENGLAND_AND_WALES: (EVERYWHERE | EASTER_MONDAY | LATE_SUMMER, NEW_YEAR | CHRISTMAS),
    Nation.SCOTLAND: (
        EVERYWHERE | {"Summer bank holiday": _monday_from(8, 1)},
        NEW_YEAR | {"2nd January": _fixed(1, 2), "St Andrew’s Day": _fixed(11, 30)} | CHRISTMAS,
    ),
    Nation.NORTHERN_IRELAND: (
        EVERYWHERE | EASTER_MONDAY | LATE_SUMMER,
        NEW_YEAR
        | {"St Patrick’s Day": _fixed(3, 17), "Battle of the Boyne (Orangemen’s Day)": _fixed(7, 12)}
        | CHRISTMAS,
    ),
}


def by_rule(year: int, nation: str = ENGLAND_AND_WALES) -> dict[date, str]:
    """The days off of an ordinary year, with their names; where one falls on a weekend, the working day that stands for
    it."""
    on_weekdays, on_dates = RULES[nation]
    found = {day(year): name for name, day in on_weekdays.items()}
    for name, day_of in on_dates.items():
        day = day_of(year)
        while day.weekday() > 4 or day in found:
            day += DAY
        found[day] = name
    return found


@cache
def bank_holidays(year: int, nation: str = ENGLAND_AND_WALES) -> dict[date, str]:
    """The bank holidays of a year with their names."""
    if year not in known_years(nation):
        return by_rule(year, nation)
    return {day: name for day, name in _published(nation).items() if day.year == year}


def is_certain(day: date, nation: str = ENGLAND_AND_WALES) -> bool:
    """Is the year of this day in GOV.UK's list? Otherwise a day may be proclaimed that is not known here."""
    return day.year in known_years(nation)


def is_working_day(day: date, nation: str = ENGLAND_AND_WALES) -> bool:
    return day.weekday() < 5 and day not in bank_holidays(day.year, nation)


def working_day(day: date, nation: str = ENGLAND_AND_WALES) -> date:
    """The day itself, or the next that is neither at a weekend nor a bank holiday."""
    while not is_working_day(day, nation):
        day += DAY
    return day


def why_day_off(day: date, nation: str = ENGLAND_AND_WALES) -> str:
    """“a bank holiday (Good Friday)”, “a Saturday”; empty for a working day."""
    if name := bank_holidays(day.year, nation).get(day):
        return f"a bank holiday ({name})"
    return f"a {day:%A}" if day.weekday() > 4 else ""


def about_day(day: date, nation: str = ENGLAND_AND_WALES) -> list[str]:
    """The sentence that a coordinator reads before something is set for a day off; none for a working day."""
    off = why_day_off(day, nation)
    return [f"{english.day_date(day)} is {off}."] if off else []


def about_deadline(day: date, nation: str = ENGLAND_AND_WALES) -> list[str]:
    """The same for the last day on which somebody may do something: on a day off nobody is there to help them."""
    return [f"{sentence[:-1]}, when nobody may be there to answer questions." for sentence in about_day(day, nation)]
