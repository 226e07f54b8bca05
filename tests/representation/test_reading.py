"""An action plan as people have it becomes rows, and what cannot be read is said."""

from datetime import date

import pytest

from representation.reading.columns import COLUMNS, column_of, perhaps
from representation.reading.document import Fate, Kind, Said, lost, read, rows_of
from representation.reading.doubts import Doubt, doubts_of, twice
from representation.reading.timescale import month_in
from tests.representation import leicester

DOCUMENT = read([line.split("\t") for line in leicester.scan()])
#: What a person sees in the scan, and says of the table whose headings cannot be told apart.
SAID = Said(columns={0: ("detail", "progress", "recommendation", "lead", "timescale")})


@pytest.mark.requirement("R1")
def test_the_scan_gives_the_rows_that_a_person_read_in_it():
    found = [
        {
            "line": row.number,
            "section": row.section,
            **row.texts,
            "month": f"{month:%Y-%m}" if (month := month_in(row.texts["timescale"])) else None,
            "doubts": [str(doubt) for doubt in row.doubts],
        }
        for row in rows_of(DOCUMENT, SAID)
    ]
    assert found == leicester.typed()["rows"]


def test_what_cannot_be_read_is_listed_and_becomes_nothing():
    typed = leicester.typed()
    unclear = [table.line for table in DOCUMENT.tables if not table.is_clear]
    unread = [line.number for line in DOCUMENT.lines if line.kind == Kind.UNREADABLE]
    assert unclear + unread == [one["line"] for one in typed["unreadable"]]
    assert [line.number for line in DOCUMENT.lines if line.kind == Kind.OUTSIDE] == typed["outside"]
    assert dict(DOCUMENT.sections) == typed["sections"]


def test_nothing_is_taken_from_a_table_before_somebody_has_said_what_its_columns_are():
    numbers = [row.number for row in rows_of(DOCUMENT)]
    assert numbers == [row["line"] for row in leicester.typed()["rows"] if row["line"] > 12]
    twice_the_same = Said(columns={0: ("detail", "detail", "", "", "")})
    assert [row.number for row in rows_of(DOCUMENT, twice_the_same)] == numbers
    assert perhaps(DOCUMENT.tables[0].headings[3]) == "lead"
    assert DOCUMENT.tables[0].columns == ("", "", "", "", "timescale")


def test_a_row_that_goes_on_after_a_page_break_is_joined_to_the_one_above():
    joined = rows_of(DOCUMENT, Said(fates={28: Fate.JOIN}))
    row = next(row for row in joined if row.number == 21)
    assert "progress work force representation. That a divisional director" in row.texts["recommendation"]
    assert row.texts["lead"].startswith("Director of Change")
    assert 28 not in [row.number for row in joined]


def test_a_line_can_be_left_out_and_one_that_could_not_be_read_taken_as_it_stands():
    said = Said(SAID.columns, {12: Fate.TAKE, 64: Fate.LEAVE, 57: Fate.TAKE})
    rows = {row.number: row for row in rows_of(DOCUMENT, said)}
    assert 64 not in rows
    assert rows[12].texts["detail"] == "If the same of the"
    assert rows[57].texts["outcome"] == "Progressing"


HEADINGS = list(COLUMNS.values())


def test_a_row_whose_cells_are_shifted_is_doubted_and_can_be_put_right():
    cells = ["Train all chairs", "", "Yes, do it", "HR", "By May 2011"]
    document = read([HEADINGS, cells])
    (row,) = rows_of(document)
    assert Doubt.SHIFTED in row.doubts
    (row,) = rows_of(document, Said(shifts={2: 1}))
    assert list(row.texts.values()) == ["", *cells]
    assert Doubt.SHIFTED not in row.doubts


def test_a_cell_beyond_the_last_column_is_not_lost_in_silence():
    document = read([HEADINGS, ["A", "B", "C", "D", "E", "F", "a seventh"]])
    assert lost(document.lines[0], document.tables[0].columns) == ["a seventh"]


@pytest.mark.requirement("R10")
@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("Funding to be in place by Sept 2010", date(2010, 9, 1)),
        ("Implemente d by September 2010", date(2010, 9, 1)),
        ("May 2010 Report to Cabinet", date(2010, 5, 1)),
        ("Implement by May 2010 Implement by May 2010", date(2010, 5, 1)),
        ("by DEC. 2011", date(2011, 12, 1)),
        ("2012 (48.0%) 2017 (50.2%)", None),
        ("May 2010 to June 2011", None),
        ("Mayor to report, 2010", None),
        ("as soon as possible", None),
        ("", None),
    ],
)
def test_a_timescale_has_a_month_where_its_words_name_one(words, month):
    assert month_in(words) == month


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Outcome", "outcome"),
        (" LEADS: ", "lead"),
        ("BWG Recommendation", "recommendation"),
        ("Progress BWG Recommendation", ""),
        ("Progress BWG Recommendation Lead", ""),
        ("Leau", ""),
        ("", ""),
    ],
)
def test_a_heading_names_a_column_or_none(heading, column):
    assert column_of(heading) == column


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("HR and chief officers", ()),
        ("The BWGs’ own, i.e. theirs; a Band 7 or I", ()),
        ("Managers andC hief Officer", (Doubt.WORDS,)),
        ("Implemente d by them", (Doubt.WORDS,)),
        ("and so they go on", (Doubt.MIDWAY,)),
        ("Do it by May Do it by May", (Doubt.TWICE,)),
    ],
)
def test_what_a_scan_has_spoilt_is_pointed_at_and_what_is_right_is_not(text, doubted):
    assert doubts_of({"outcome": text}, columns_were_said=False) == doubted


def test_words_that_come_back_later_are_not_twice():
    assert not twice("one two three and then one two three")
    assert twice("and one two three one two three")
