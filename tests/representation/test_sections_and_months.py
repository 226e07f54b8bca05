"""Sections are found however they are numbered, and months however they are written; and neither where there is none."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from representation.models import ActionItem
from representation.reading.columns import COLUMNS
from representation.reading.document import Document, Kind, read, section_of
from representation.reading.timescale import month_in
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory

HEADINGS = list(COLUMNS.values())


def document_of(*lines: str) -> Document:
    return read([line.split("\t") for line in lines])


@pytest.mark.requirement("R3")
@pytest.mark.parametrize("word", ["Appendix ", "APPENDIX", "App. ", "Annex  ", ""])
@pytest.mark.parametrize("number", ["1a", "1A", "1(a)", "1.a", "(1a)", "1a)", "1 (a)"])
@pytest.mark.parametrize("sign", [" – ", ": ", ". ", " - ", " "])
def test_a_section_is_found_however_it_is_numbered(word, number, sign):
    assert section_of(f"{word}{number}{sign}Developing future leaders") == ("1a", "Developing future leaders")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "Section 3 of the Act was read",
            "3d printing for all",
            "1st floor",
            "5k run",
            "Part 2 of it",
            "Parting 1a Words",
        ),
        *("Section 123456789012 Title", "1a", "12", "Appendix 1 A programme for all", "Appendix", "x" * 400),
        "Appendix 1a " + "x" * 400,
    ],
)
def test_a_sentence_is_no_heading_of_a_section(words):
    assert section_of(words) is None


def test_the_number_and_the_title_of_a_section_may_stand_in_two_cells_and_it_may_have_none():
    found = document_of(
        "Appendix 1b\tMentoring", "Appendix 1c", "Appendix 1b (continued)\t", "\t".join(HEADINGS), "A\tb"
    )
    assert found.sections == {"1b": "Mentoring", "1c": "Appendix 1c"}
    assert [(line.kind, line.section) for line in found.lines] == [(Kind.ROW, "1b")]


NAMES = ["January", "Feb", "March", "apr", "May", "June", "JULY", "Aug", "Sept", "Oct", "November", "dec"]


@pytest.mark.requirement("R10")
@given(
    st.integers(1, 12),
    st.integers(2001, 2039),
    st.integers(1, 28),
    st.sampled_from(["by {}", "{}", "End of {}.", "To be done ({})", "{}: Cabinet"]),
)
def test_a_month_is_found_however_it_is_written(month, year, day, around):
    name, short = NAMES[month - 1], f"{year % 100:02}"
    written = [
        *(
            f"{name} {year}",
            f"{name}., {year}",
            f"{name}-{short}",
            f"{name} ’{short}",
            f"{name}{year}",
            f"{year} {name}",
        ),
        *(f"{day} {name} {year}", f"{day}th of {name} {year}", f"{name} {day}, {year}", f"{day} {name} {short}"),
        *(f"{day:02}/{month:02}/{year}", f"{day}.{month}.{year}", f"{day}/{month}/{short}", f"{month:02}/{year}"),
        *(f"{year}-{month:02}-{day:02}", f"{name}\n{year}", f"{name}\u00a0{year}", f"{name}/{short}"),
    ]
    for words in written:
        found = month_in(around.format(words))
        assert found is not None, words
        assert (found.year, found.month) == (year, month), words


@pytest.mark.requirement("R10")
@given(
    st.integers(1, 12),
    st.integers(1, 11),
    st.integers(2001, 2039),
    st.sampled_from(["/", " to ", " – ", " & ", "-", " and ", " or "]),
)
def test_two_months_are_none(month, later, year, between):
    one, other = NAMES[month - 1], NAMES[(month + later - 1) % 12]
    for words in (
        f"{one}{between}{other} {year}",
        f"{one} {year}{between}{other} {year}",
        f"{one} {year}{between}{other}",
    ):
        assert month_in(words) is None, words


@pytest.mark.requirement("R10")
@pytest.mark.parametrize(
    "words",
    [
        *(
            "Q3 08/09",
            "2009/10",
            "2009-10",
            "08/09",
            "Spring 2010",
            "ongoing",
            "tbc",
            "by end of Dec.",
            "31/02/2010",
            "March 10",
        ),
        *(
            "March 2009/10",
            "10 March 2009-10",
            "1.2.10.3",
            "12/2010/3",
            "13/2010",
            "May 20101",
            "Mayor 2010",
            "Marching 2010",
        ),
    ],
)
def test_words_without_a_month_have_none(words):
    assert month_in(words) is None


@pytest.mark.django_db
def test_items_of_before_are_due_in_the_month_that_their_words_are_read_as_now():
    plan = make.plan(ProviderFactory())
    words = {"Mar-10": date(2010, 3, 1), "April to June 2010": None, "By May 2010": date(2010, 5, 1)}
    items = {said: make.item(plan, timescale=said) for said in words}
    ActionItem.objects.filter(pk=items["Mar-10"].pk).update(due_month=None)
    ActionItem.objects.filter(pk=items["April to June 2010"].pk).update(due_month=date(2010, 6, 1))
    import_module("representation.migrations.0254_months_of_timescales").read_again(apps, None)
    assert {one.timescale: one.due_month for one in ActionItem.objects.filter(plan=plan)} == words
