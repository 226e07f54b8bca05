"""What was downloaded of a plan reads in as the same plan, whatever stands in it; and files as people have them are never guessed at."""

import io
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from pypdf import PdfReader

from applications.roles import RoleName
from representation.actions import plans
from representation.desk.plans import ActionItemAdmin
from representation.documents import as_word, paper_as_word
from representation.models import TEXTS, ActionItem, ActionPlan, Paper, PlanReading
from representation.reading.columns import COLUMNS, is_heading
from representation.reading.document import Kind, lost, read, rows_of, section_of
from steppingup.accounts.models import Organisation
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import CONTROL, FORMATS
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import take_step, with_second_factor

HEADINGS = list(COLUMNS.values())
#: What trips programs up: signs of formulas and of separators, quotes, bullets, lines, other scripts, words that are headings or dates.
PIECES = st.sampled_from(
    [
        *(
            "=SUM(A1)",
            "-",
            "+44",
            "@",
            "'",
            "''=",
            '"',
            '""',
            ",",
            ";",
            "|",
            "\t",
            "\n",
            "\n\n",
            "•",
            "– ",
            "“so”",
            "’",
        ),
        *(
            "עברית",
            "مرحبا",
            "😀",
            "👩🏾‍💼",
            "e\u0301",
            "_x0041_",
            "sep=;",
            "12",
            "007",
            "1.0",
            "TRUE",
            "31/12/2010",
            "May 2010",
        ),
        *("Lead", "Progress", "Outcome", "Achieved", "&amp;", "<b>", "\\", "%", "a" * 3000, " and then ", "The chairs"),
    ]
)
TEXT = st.lists(
    PIECES | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12), max_size=6
)
CELL = TEXT.map(lambda parts: "".join(parts).strip()).filter(lambda text: not CONTROL.search(text))


@st.composite
def texts(draw) -> dict[str, str]:
    """The six texts of an item that says something; none that is a heading, or nothing but the heading of a section."""
    found = dict(zip(TEXTS, draw(st.tuples(*[CELL] * 6)), strict=True))
    filled = [text for text in found.values() if text]
    if not filled or is_heading(list(found.values()), first=False) or (len(filled) == 1 and section_of(filled[0])):
        found["detail"], found["lead"] = "Something that is to be done", "HR"
    return found


def downloaded(kind: str, items: list[ActionItem]) -> bytes:
    if kind == "docx":
        return as_word(items[0].plan, [("", items[:1]), ("2 Others", items[1:])])
    answer = FORMATS[kind]("plan", ActionItemAdmin.export_columns, items)
    return b"".join(answer.streaming_content)


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
@given(rows=st.lists(texts(), min_size=1, max_size=4))
def test_any_plan_that_was_downloaded_reads_in_as_the_same_plan(kind, rows):
    plan = ActionPlan(provider=Organisation(name="Leicester"), name="Reach Higher")
    items = [ActionItem(plan=plan, **row) for row in rows]
    found = rows_of(read(plans.lines_of(downloaded(kind, items), f"plan.{kind}")))
    assert [dict(row.texts) for row in found] == rows
    assert {row.section for row in found[1:]} <= ({"2"} if kind == "docx" else {""})


@given(words=st.text(st.characters(codec="utf-8"), max_size=40))
def test_word_can_keep_whatever_somebody_has_pasted(words):
    plan = ActionPlan(provider=Organisation(name="Leicester"), name="Plan", about=words)
    word = Document(io.BytesIO(as_word(plan, [(words, [ActionItem(plan=plan, outcome=words)])])))
    said = CONTROL.sub("", words.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n"))
    assert word.tables[0].cell(1, 0).text == said
    shown: Any = SimpleNamespace(
        title=words,
        committee=words,
        meets_on=date(2031, 5, 3),
        opening=words,
        parts=[SimpleNamespace(heading=words, words=words, source=1, blocks=[{"kind": "note", "text": words}])],
        sources=[words],
    )
    paper = Document(io.BytesIO(paper_as_word(Paper(provider=plan.provider, reference="K7Q2"), shown)))
    assert [one.text for one in paper.paragraphs].count(said) >= 3 + bool(words)


# -- as people have them -----------------------------------------------------------------------------


def document_of(*lines: str):
    return read([line.split("\t") for line in lines])


def test_a_text_is_divided_by_its_tabs_alone():
    text = (
        "Reach, Higher, plan\r\nA, b, c\r\n"
        + "\t".join(HEADINGS)
        + '\r\n"Leaders" first, then all\tyes, now\t\t\tHR\tMay 2031\r\n'
    )
    (row,) = rows_of(read(plans.lines_of(text.encode("cp1252"), "plan.txt")))
    assert list(row.texts.values()) == ['"Leaders" first, then all', "yes, now", "", "", "HR", "May 2031"]
    quoted = "\t".join(HEADINGS) + '\n"Leaders, ""first""\nthen all"\tyes\t\t\tHR\tMay 2031\n'  # as Excel saves it
    (row,) = rows_of(read(plans.lines_of(quoted.encode("utf-16"), "plan.txt")))
    assert row.texts["outcome"] == 'Leaders, "first"\nthen all'
    with pytest.raises(ValidationError, match="no table in this file"):
        plans.lines_of(b"Train chairs, panels and HR\nTrain others, panels and HR\n", "plan.txt")


def test_a_cell_that_no_item_has_room_for_is_refused():
    text = "\t".join(HEADINGS) + "\nA\t" + "b" * 20_001
    with pytest.raises(ValidationError, match="A cell in line 2 has more than 20,000 characters"):
        plans.lines_of(text.encode(), "plan.txt")
    assert plans.lines_of(text[:-1].encode(), "plan.txt")[1][1] == "b" * 20_000


def test_a_new_page_within_a_text_begins_a_new_line():
    text = "\t".join(HEADINGS) + "\nA\tb\t\t\tHR\tMay 2031\n\x0c" + "\t".join(HEADINGS) + "\nB\tc\t\t\tHR\tJune 2031"
    assert [row.texts["outcome"] for row in rows_of(read(plans.lines_of(text.encode(), "plan.txt")))] == ["A", "B"]


def test_a_row_in_which_one_cell_is_called_as_a_column_is_a_row():
    found = document_of("\t".join(HEADINGS), "Train the chairs\tdetail\t\tThat it is so\tHR\tMay 2031")
    assert [row.texts["detail"] for row in rows_of(found)] == ["detail"]
    again = document_of("\t".join(HEADINGS), "A\tb\tc", "Outcome\tDetall\tProgrss\tRecommendation\tLeau\tTimescale")
    assert [line.number for line in again.lines] == [2]


def workbook(*sheets: list[list[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for at, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {at}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_another_sheet_or_another_table_is_not_read_by_the_headings_of_the_first():
    notes = [["BME", "Black and minority ethnic"], ["HR", "Human resources"]]
    plan = [HEADINGS, ["A", "b", "c", "d", "HR", "May 2031"]]
    found = read(plans.lines_of(workbook(plan, notes, plan), "plan.xlsx"))
    assert [table.is_clear for table in found.tables] == [True, False, True]
    assert [row.texts["outcome"] for row in rows_of(found)] == ["A", "A"]
    assert sum(line.table == 1 for line in found.lines) == 2  # they wait, and are shown

    document = Document()
    for rows in (plan, notes, plan[1:]):
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
        document.add_paragraph("")
    out = io.BytesIO()
    document.save(out)
    found = read(plans.lines_of(out.getvalue(), "plan.docx"))
    assert [len(table.columns) for table in found.tables] == [6, 0, 0]
    assert len(rows_of(found)) == 1


def test_a_table_that_goes_on_below_is_read_by_the_headings_above_it():
    document = Document()
    for rows in ([HEADINGS, ["A", "", "", "", "", ""]], [["B", "", "", "", "HR", ""]]):
        table = document.add_table(rows=0, cols=6)
        for row in rows:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
        document.add_paragraph("")
    out = io.BytesIO()
    document.save(out)
    found = rows_of(read(plans.lines_of(out.getvalue(), "plan.docx")))
    assert [row.texts["outcome"] for row in found] == ["A", "B"]


def test_a_formula_without_a_result_is_seen():
    book = workbook([HEADINGS, ["=A1&B1", "b", "", "", "HR", "=1/0"]])
    (row,) = rows_of(read(plans.lines_of(book, "plan.xlsx")))
    assert row.texts["outcome"] == plans.NOT_WORKED_OUT


SAID = st.sampled_from(
    [
        *HEADINGS,
        "Outcome",
        "No.",
        "",
        "",
        "Train them",
        "HR",
        "May 2031",
        "•",
        "Appendix 1a Staff",
        "x" * 70,
        "progress on it",
    ]
)


@given(st.lists(st.lists(SAID, max_size=8), max_size=8))
def test_every_cell_of_a_file_is_read_or_shown_as_not_read(rows):
    found = read(rows)
    taken = {row.number: row for row in rows_of(found)}
    headings = {table.line: table for table in found.tables}
    shown = {line.number: line for line in found.lines}
    for number, cells in enumerate(rows, 1):
        filled = [cell for cell in cells if cell]
        if not filled or number in headings:
            continue
        if number not in shown:
            assert len(filled) <= 2
            assert section_of(" ".join(filled))
            continue
        line = shown[number]
        table = found.tables[line.table] if line.table >= 0 else None
        if number not in taken:
            assert line.kind != Kind.ROW or not table or not table.is_clear
            continue
        assert table
        below = [
            cell for at, cell in enumerate(cells) if at < len(table.headings) and table.headings[at] in table.others
        ]
        left = [*taken[number].texts.values(), *lost(line, table.columns, 0, table.headings), *below]
        assert sorted(filled) == sorted(cell for cell in left if cell)


# -- through the pages -------------------------------------------------------------------------------


@pytest.fixture
def provider(db):
    return ProviderFactory(name="Leicester City Council")


@pytest.fixture
def keeper(provider):
    return staff(RoleName.EQUALITY, provider)


def test_a_plan_of_thousands_of_lines_is_looked_at_and_taken_over(client, provider, keeper):
    desk, number = with_second_factor(client, keeper), 1_200
    lines = [HEADINGS, *([f"Train {at}", "", "", "", "HR", "May 2031"] for at in range(number))]
    reading = make.reading(make.plan(provider), keeper, lines)
    said = {f"{name}-{at + 2}": value for at in range(number) for name, value in (("fate", "take"), ("shift", "0"))}
    address = reverse("admin:representation_planreading_look", args=[reading.pk])
    assert desk.post(address, {**said, "fate-2": "leave"}).status_code == 302
    take_step(desk, reverse("admin:representation_planreading_step", args=[reading.pk, "take_over"]))
    assert reading.plan.items.count() == number - 1


def test_a_file_that_two_people_have_read_in_at_once_is_taken_over_once(provider, keeper):
    plan = make.plan(provider)
    given = {"plan": plan, "name": "plan.csv", "lines": make.ROWS, "digest": "the same", "read_by": keeper}
    first, second = (PlanReading.objects.create(**given) for _ in range(2))
    plans.take_over(reading=PlanReading.objects.for_steps().get(pk=first.pk), by=keeper)
    with pytest.raises(NotPossible, match="same file was taken over"):
        plans.take_over(reading=PlanReading.objects.for_steps().get(pk=second.pk), by=keeper)
    assert plan.items.count() == 1


def test_a_section_that_there_is_already_is_not_made_again(provider, keeper):
    plan = make.plan(provider)
    mine = make.section(plan, "1B", "Mentoring")
    reading = make.reading(plan, keeper, [["Appendix 1b Mentoring for all"], *make.ROWS])
    plans.take_over(reading=PlanReading.objects.for_steps().get(pk=reading.pk), by=keeper)
    assert [item.section for item in plan.items.all()] == [mine]


def test_a_plan_is_printed_with_whatever_was_pasted_into_it(client, provider, keeper):
    plan = make.plan(provider)
    make.item(plan, "one\x0btwo\x0cthree\u2028four\x85five\x1f \uf0b7six \uf0fc")
    answer = with_second_factor(client, keeper).get(reverse("admin:representation_actionplan_pdf", args=[plan.pk]))
    assert "•six ✓" in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()


def test_new_lines_are_kept_as_one_whichever_way_a_browser_sends_them(provider):
    item = make.item(make.plan(provider), "first\r\nsecond\rthird", detail="a\nb")
    assert (item.outcome, item.detail) == ("first\nsecond\nthird", "a\nb")
