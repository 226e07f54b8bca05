"""Bank holidays by nation: those of GOV.UK's list, and in other years those of the rule."""

from datetime import date

import pytest

from cohorts.planning.bank_holidays import (
    about_deadline,
    bank_holidays,
    by_rule,
    is_certain,
    is_working_day,
    known_years,
    why_day_off,
)
from cohorts.states import Nation

#: Proclaimed for one year: what came, and what gave way to it.
EXTRA = {
    2012: ({date(2012, 6, 4), date(2012, 6, 5)}, {date(2012, 5, 28)}),
    2020: ({date(2020, 5, 8)}, {date(2020, 5, 4)}),
    2022: ({date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)}, {date(2022, 5, 30)}),
    2023: ({date(2023, 5, 8)}, set()),
}


@pytest.mark.parametrize("nation", list(Nation))
def test_the_rule_gives_the_published_days_of_every_year_but_for_those_that_were_proclaimed(nation):
    years = known_years(nation)
    assert (years[0], years[-1]) >= (2012, 2027)
    for year in years:
        came, went = EXTRA.get(year, (set(), set()))
        expected = (set(by_rule(year, nation)) - went) | came
        assert set(bank_holidays(year, nation)) == expected, year
        assert all(bank_holidays(year, nation).values())


def test_years_that_are_not_published_follow_the_rule_and_are_not_certain():
    assert date(2040, 12, 25) in bank_holidays(2040)
    assert date(2011, 12, 27) in bank_holidays(2011)  # Christmas Day was a Sunday
    assert not is_certain(date(2040, 12, 25))
    assert is_certain(date(2020, 5, 8))


@pytest.mark.parametrize(
    ("day", "nation", "said"),
    [
        ("2026-12-24", Nation.ENGLAND_AND_WALES, ""),
        ("2026-12-25", Nation.ENGLAND_AND_WALES, "Christmas Day"),
        ("2026-12-26", Nation.ENGLAND_AND_WALES, "a Saturday"),
        ("2026-12-28", Nation.SCOTLAND, "Boxing Day"),
        ("2027-01-04", Nation.SCOTLAND, "2nd January"),
        ("2027-01-04", Nation.ENGLAND_AND_WALES, ""),
        ("2027-07-12", Nation.NORTHERN_IRELAND, "Battle of the Boyne"),
        ("2028-02-29", Nation.NORTHERN_IRELAND, ""),
    ],
)
def test_whoever_sets_a_deadline_for_a_day_off_reads_so_first(day, nation, said):
    found = about_deadline(date.fromisoformat(day), nation)
    assert len(found) == bool(said)
    assert all(said in one and one.endswith("nobody may be there to answer questions.") for one in found)


def test_a_day_off_in_one_nation_is_a_working_day_in_another():
    st_patrick = date(2027, 3, 17)
    assert not is_working_day(st_patrick, Nation.NORTHERN_IRELAND)
    assert is_working_day(st_patrick)
    assert why_day_off(st_patrick, Nation.NORTHERN_IRELAND) == "a bank holiday (St Patrick’s Day)"
    assert why_day_off(date(2027, 3, 20)) == "a Saturday"
    assert why_day_off(date(2027, 3, 18)) == ""
    easter_monday = date(2027, 3, 29)
    assert is_working_day(easter_monday, Nation.SCOTLAND)
    assert not is_working_day(easter_monday)
