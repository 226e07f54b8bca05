"""Counts of a workforce in a table become rows, or sentences about what is wrong with them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.reading.figures import Count, percentage, read_counts, whole_number, why_not

WIDE = ["Division", "Grade", "BME", "White", "Not known", "Total"]
WIDE_ROLES = ["unit", "tier", "answer:1", "answer:2", "answer:3", "total"]
CALLED = {"1": "BME", "2": "White", "3": "Not known"}
LONG = ["Division", "Grade", "Ethnicity", "Number", "Percent", "Of"]
LONG_ROLES = ["unit", "tier", "category", "number", "percent", "of"]


def wide(*rows):
    return read_counts(WIDE, WIDE_ROLES, list(enumerate(rows, 2)), CALLED)


def long(*rows):
    return read_counts(LONG, LONG_ROLES, list(enumerate(rows, 2)), CALLED)


def test_a_column_for_each_answer_gives_a_count_for_each():
    found = wide(["Housing", "Head of service", "3", "1,204", "0", "1207"])
    assert found.problems == []
    assert found.counts == [
        Count(2, "Housing", "Head of service", "BME", 3),
        Count(2, "Housing", "Head of service", "White", 1204),
        Count(2, "Housing", "Head of service", "Not known", 0),
    ]


@pytest.mark.requirement("C1")
def test_a_percentage_is_taken_only_where_there_is_no_number():
    found = long(
        ["Housing", "", "BME", "3", "17%", ""],
        ["Parks", "", "BME", "", "17.5 %", "40"],
        ["Law", "", "BME", "", "0", ""],
    )
    assert found.counts == [
        Count(2, "Housing", "", "BME", 3),
        Count(3, "Parks", "", "BME", None, Decimal("17.5"), 40),
        Count(4, "Law", "", "BME", None, Decimal(0)),
    ]


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (["", "HoS", "1", "1", "1", "3"], "Division", "Name the unit."),
        (["Housing", "HoS", "<5", "1", "1", ""], "BME", "stands for a number that was left out"),
        (["Housing", "HoS", "*", "1", "1", ""], "BME", "stands for a number that was left out"),
        (["Housing", "HoS", "two", "1", "1", ""], "BME", "“two” is no whole number."),
        (["Housing", "HoS", "1.5", "1", "1", ""], "BME", "“1.5” is no whole number."),
        (["Housing", "HoS", "-3", "1", "1", ""], "BME", "is no whole number"),
        (["Housing", "HoS", "", "1", "1", ""], "BME", "Say how many: 0 where there is nobody (BME)."),
        (["Housing", "HoS", "1", "1", "1", "4"], "Total", "The columns add up to 3, and the total says 4."),
        (["Housing", "HoS", "99999999", "1", "1", ""], "BME", "more people than any workforce has"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_column(row, column, sentence):
    (problem,) = wide(row).problems
    assert (problem.line, problem.column) == (2, column)
    assert sentence in problem.sentence


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["Housing", "", "", "3", "", ""], "Name the answer."),
        (["Housing", "", "BME", "", "", ""], "Say how many"),
        (["Housing", "", "BME", "", "140%", ""], "lies outside 0 to 100"),
        (["Housing", "", "BME", "", "many", ""], "is no percentage"),
        (["Housing", "", "BME", "", "NaN", ""], "lies outside 0 to 100"),
        (["Housing", "", "BME", "", "17", "0"], "Of nobody there is no share."),
    ],
)
def test_what_is_wrong_with_one_count_a_row(row, sentence):
    (problem,) = long(row).problems
    assert sentence in problem.sentence
    assert long(row).counts == []


def test_what_is_counted_twice_names_the_first_line():
    found = long(["Housing", "", "BME", "3", "", ""], ["HOUSING ", "", "bme", "4", "", ""])
    assert found.counts == []  # nobody knows which is right
    assert "is counted in line 2 already" in found.problems[0].sentence


@pytest.mark.parametrize(
    ("roles", "sentence"),
    [
        (["tier", "answer:1"], "Say which column names the unit."),
        (["unit", "unit", "answer:1"], "Two columns are said to be the same"),
        (["unit", "answer:1", "answer:1"], "count the same answer"),
        (["unit", "answer:1", "number"], "not both"),
        (["unit", "category"], "Say which columns hold the numbers"),
        (["unit", "number"], "Say which columns hold the numbers"),
        (["unit", "answer:1"], ""),
        (["unit", "", "category", "percent"], ""),
    ],
)
def test_columns_have_to_belong_together(roles, sentence):
    assert sentence in why_not(roles)
    assert bool(why_not(roles)) is bool(sentence)


@given(number=st.integers(0, 9_999_999))
def test_a_number_reads_as_it_is_written(number):
    assert whole_number(f"{number:,}") == whole_number(str(number)) == whole_number(f"{number}.0") == number


@given(percent=st.decimals(0, 100, places=2))
def test_a_percentage_reads_as_it_is_written(percent):
    assert percentage(f"{percent} %") == percentage(str(percent)) == percent


def test_a_group_without_one_of_its_answers_has_none_as_its_shares_would_be_wrong():
    found = long(
        ["Housing", "Officer", "BME", "3", "", ""],
        ["Housing", "Officer", "White", "x", "", ""],
        ["Housing", "Director", "BME", "1", "", ""],
    )
    assert [(count.tier, count.number) for count in found.counts] == [("Director", 1)]
