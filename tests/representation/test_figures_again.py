"""Tables of HR as they come: what cannot be read is listed with its line, and nothing is taken for what it may not be."""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from representation.reading.balance import ALL_OF_THEM, weigh
from representation.reading.figures import Counts, heading_at, percentage, read_counts, whole_number
from steppingup.files.apart.tables import from_workbook
from steppingup.formats.sameness import fold
from tests.desk.test_doubtful_cells import MANIFEST, ODS, zipped

pytestmark = pytest.mark.requirement("R9")
CALLED = {"1": "BME", "2": "White", "3": "Not known"}
LONG = ["Division", "Grade", "Ethnicity", "Number", "Percent", "Of"]
LONG_ROLES = ["unit", "tier", "category", "number", "percent", "of"]
WIDE = ["Division", "Grade", "BME", "White", "Not known", "Total"]
WIDE_ROLES = ["unit", "tier", "answer:1", "answer:2", "answer:3", "total"]


# -- numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *(
            "40 %",
            "1 in 40",
            "17 of 40",
            "<5",
            "< 5",
            "*",
            "-",
            "–",
            "—",
            "..",
            "c",
            "[c]",
            "fewer than 5",
            "5 or fewer",
            "~40",
            ">5",
        ),
        *(
            "1.000",
            "12.5",
            "-3",
            "1e3",
            "1–4",
            "40*",
            "(3)",
            "½",
            "nil",
            "#DIV/0!",
            "10000001",
            "9" * 5000,
            "",
            "1,20",
            "12,3456",
        ),
    ],
)
def test_what_may_be_no_number_is_none(text):
    with pytest.raises(ValueError, match="“"):
        whole_number(text)


@pytest.mark.parametrize("text", ["1,204", "1 204", "1\u00a0204", "1\u2009204", "1204.0", " 1204 ", "1204\u200b"])
def test_a_number_may_be_divided_by_any_space(text):
    assert whole_number(text) == 1204


@pytest.mark.parametrize("text", ["17 of 40", "1 in 40", "17 out of 40", "17/40"])
def test_a_share_is_told_where_its_two_numbers_belong(text):
    with pytest.raises(ValueError, match="columns of their own: how many, and of how many"):
        whole_number(text)


@pytest.mark.parametrize("text", ["1,204", "1e1", "1 in 40", "<5", "*", "many", "101", "-1", "10%%"])
def test_what_may_be_no_percentage_is_none(text):
    with pytest.raises(ValueError, match="percent"):
        percentage(text)


def sentences(*rows: list[str]) -> list[str]:
    return [one.sentence for one in read_counts(LONG, LONG_ROLES, list(enumerate(rows, 2)), CALLED).problems]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["Housing", "", "BME", "17", "", "12"]], "17 of 12 cannot be."),
        ([["Housing", "", "BME", "17", "50%", "40"]], "17 of 40 is 42.5%, and the percentage says 50%."),
        ([["Housing", "", "BME", "17", "many", "40"]], "“many” is no percentage."),
        ([["Housing", "", "BME", "", "0.4", ""]], "“0.4” may be 0.4% or 40%. Write it with the sign."),
        ([["Housing", "", "Martian", "17", "", ""]], "There is no answer “Martian”."),
        ([["Total", "", "BME", "17", "", ""]], "“Total” sums up other rows"),
        ([["Housing", "Grand total", "BME", "17", "", ""]], "“Grand total” sums up other rows"),
        ([["Housing total", "", "BME", "17", "", ""]], "“Housing total” sums up other rows"),
        ([["H" * 151, "", "BME", "17", "", ""]], "longer than 150 characters"),
        ([["Housing", "T" * 101, "BME", "17", "", ""]], "longer than 100 characters"),
        ([["\u200b", "", "BME", "17", "", ""]], "Name the unit."),
        ([["Housing", "’", "BME", "17", "", ""]], "is no name"),
        (
            [["Housing", "", "BME", "17", "", "40"], ["Housing", "", "White", "20", "", "50"]],
            "Line 2 says that it is 40 people, and this one 50.",
        ),
    ],
)
def test_what_contradicts_itself_is_said(rows, sentence):
    assert sentence in " ".join(sentences(*rows))


@pytest.mark.parametrize("percent", ["42.5%", "42.5", "43", "42"])
def test_a_percentage_may_be_rounded(percent):
    assert sentences(["Housing", "", "BME", "17", percent, "40"]) == []


NAME = st.sampled_from(
    ["Housing", "housing ", "Parks & Leisure", "Total", "", "\u200b", "Zoë’s", "H" * 160, "12", "=A1"]
)
CELL = st.sampled_from(
    [
        "",
        "0",
        "3",
        "1,204",
        "<5",
        "*",
        "40%",
        "40 %",
        "0.4",
        "17 of 40",
        "x",
        "-1",
        "1.000",
        "NaN",
        "1e9",
        "٤",
        "\ufffd",
    ]
)
ANSWER = st.sampled_from(["BME", "bme", "White", "Not known", "Martian", ""])


@given(st.lists(st.tuples(NAME, NAME, ANSWER, CELL, CELL, CELL), max_size=6), st.booleans())
def test_each_row_is_taken_or_listed_and_nothing_of_a_group_with_a_mistake_is_taken(rows, is_wide):
    headings, roles = (WIDE, WIDE_ROLES) if is_wide else (LONG, LONG_ROLES)
    given = [(line, list(row)) for line, row in enumerate(rows, 2)]
    found = read_counts(headings, roles, given, CALLED)
    wrong, taken = {one.line for one in found.problems}, {one.line for one in found.counts}
    groups = {line: (fold(row[0]), fold(row[1])) for line, row in given}
    spoilt = {groups[line] for line in wrong}
    assert wrong | taken | {line for line, group in groups.items() if group in spoilt} == set(groups)
    assert not {groups[line] for line in taken} & spoilt
    for one in found.counts:
        assert one.number is None or (0 <= one.number <= 10_000_000 and (one.of is None or one.number <= one.of))


SIDES = {"bme": "group", "white": "others", "not known": "unknown"}


def weighed(*rows: list[str]) -> Counts:
    return weigh(read_counts(LONG, LONG_ROLES, list(enumerate(rows, 2)), CALLED), LONG, LONG_ROLES, SIDES)


@pytest.mark.requirement("C1")
@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["Housing", "", "BME", "17", "", "40"]], "The answers come to 17 people of 40."),
        ([["Housing", "", "BME", "17", "", "40"], ["Housing", "", "White", "13", "", ""]], "come to 30 people of 40"),
        ([["Housing", "", "White", "", "60%", "40"]], "It does not say how many are of those who are missing"),
        ([["Housing", "", "BME", "", "60%", "40"], ["Housing", "", "White", "", "60%", "40"]], "come to 120%."),
    ],
)
def test_a_share_of_people_who_are_not_there_is_none(rows, sentence):
    found = weighed(*rows, ["Parks", "", "BME", "1", "", ""], ["Parks", "", "White", "9", "", "10"])
    (problem,) = found.problems
    assert sentence in problem.sentence
    assert problem.column in LONG
    assert {one.unit for one in found.counts} == {"Parks"}


@pytest.mark.requirement("C1")
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=5),
    st.integers(-3, 3),
)
def test_people_are_all_counted_or_their_unit_is_left_out(units, off):
    rows = []
    for at, numbers in enumerate(units):
        of = sum(numbers) + off
        for answer, number in zip(CALLED.values(), numbers, strict=True):
            rows.append([f"Unit {at}", "", answer, str(number), "", str(of) if of > 0 else ""])
    found = weighed(*rows)
    right = {f"Unit {at}" for at, numbers in enumerate(units) if off == 0 or sum(numbers) + off <= 0}
    assert {one.unit for one in found.counts} == right


def test_a_file_of_one_side_alone_is_pointed_at():
    assert weighed(["Housing", "", "BME", "17", "", ""]).notes == [ALL_OF_THEM]
    assert weighed(["Housing", "", "BME", "17", "", ""], ["Parks", "", "White", "1", "", ""]).notes == []
    assert weighed(["Housing", "", "BME", "", "17%", ""]).notes == []


# -- where the table is ------------------------------------------------------------------------------


def book(*sheets: list[list[object]], shown: str = "General") -> bytes:
    made = Workbook()
    made.remove(made.active)
    for name, rows in zip(("Cover", "Data", "Notes"), sheets, strict=False):
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                cell.number_format = shown if isinstance(cell.value, float) else "General"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@given(st.integers(0, 9_999), st.sampled_from(["0%", "0.0%", "0.00%", "[Red]0 %", '0.0"of all"%']))
def test_a_share_that_a_workbook_shows_as_a_percentage_is_one(share, shown):
    number = share / 10_000
    (sheet,) = from_workbook(book([["Unit", "Share"], ["Housing", number + 1e-9]], shown=shown))
    assert abs(percentage(sheet["rows"][1][1]["percent"]) - Decimal(share) / 100) < Decimal("0.001")


@pytest.mark.parametrize("shown", ["General", "0.00", '0.0" %"', r"0.0\%"])
def test_any_other_number_is_what_it_is(shown):
    (sheet,) = from_workbook(book([["Unit", "Share"], ["Housing", 0.4]], shown=shown))
    assert sheet["rows"][1] == ["Housing", 0.4]


def test_so_it_is_in_a_workbook_of_libreoffice():
    cells = (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>a</text:p></table:table-cell>'
        '<table:table-cell office:value-type="percentage" office:value="0.4"><text:p>40%</text:p></table:table-cell>'
    )
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": MANIFEST.encode()}
    rows = f'<table:table-row table:number-rows-repeated="2">{cells}</table:table-row>'
    (sheet,) = from_workbook(zipped({**parts, "content.xml": (ODS % rows).encode()}))
    assert sheet["rows"] == [["a", "a", {"percent": "40%", "value": 0.4}]] * 2


@given(
    st.lists(
        st.sampled_from([["Leicester City Council"], ["Report", "31 March 2009"], ["Workforce", "", "2009"]]),
        max_size=4,
    )
)
def test_titles_above_the_names_of_the_columns_are_no_names(titles):
    rows = [*titles, WIDE, ["Housing", "Officer", "40", "60", "3", "103"], ["Parks", "", "1", "1", "", ""]]
    assert heading_at(rows) == len(titles)


def test_a_row_of_numbers_names_no_columns():
    assert heading_at([["Division", "Grade"], ["Housing", "Officer", "40", "60", "3", "103"]]) == 0
    assert heading_at([]) == 0
