"""Files as people have them: read as they are meant, or refused with the line and the reason."""

import csv
import io
import re
from datetime import date

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from modules.models import Course
from steppingup.desk.cells import Code, Words, as_text
from steppingup.desk.importing import RowsImport
from steppingup.files.apart.limits import Refused
from steppingup.files.apart.tables import from_csv, from_workbook
from steppingup.formats import sameness
from steppingup.site import export
from tests.factories.accounts import ProviderFactory, UserFactory, staff
from tests.factories.cohorts import ProgrammeFactory

pytestmark = pytest.mark.django_db

HEAD = ["code", "title", "level", "credits"]
ROWS = [["A1", "Führung – José’s “Mut”, 1; 2", "5", "4"], ["A2", "Zoë’s turn", "4", "3"]]


def workbook(*sheets, merge: str = "", text: bool = False) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number + 1}")
        for row in rows:
            sheet.append(row)
    if merge:
        book.worksheets[-1].merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def written(rows, separator: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_text_is_read_whatever_wrote_it(separator, encoding, end):
    (sheet,) = from_csv(written([HEAD, *ROWS], separator, end).encode(encoding))
    assert sheet["rows"] == [HEAD, *ROWS]


def test_a_text_whose_alphabet_cannot_be_told_is_refused_and_not_guessed():
    with pytest.raises(Refused, match="which alphabet"):
        from_csv(written([["имя"], ["Иван"]]).encode("cp1251"))


def test_a_named_separator_is_believed():
    (sheet,) = from_csv(b"sep=;\r\na;b,c,d\r\n1;2,3,4\r\n")
    assert (sheet["rows"], sheet["line"]) == ([["a", "b,c,d"], ["1", "2,3,4"]], 2)


def test_what_was_merged_over_rows_says_the_same_in_each():
    (sheet,) = from_workbook(workbook([["a", "b"], ["1", "x"], ["2", None], ["3", "y"]], merge="B2:B3"))
    assert sheet["rows"] == [["a", "b"], ["1", "x"], ["2", "x"], ["3", "y"]]


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cn"]), max_size=12),
        min_size=1,
        max_size=8,
    )
)
def test_texts_keep_their_value_on_the_way_out_and_in_again(given_texts):
    """Also what looks like a formula, a long number or a date, and noughts in front."""
    texts = [
        sameness.clean(text)
        for text in [*given_texts, "=1+1", "'=1", "'tis", "-5", "+44 117", "007", "1" * 30, "3-4", "@x"]
    ]
    columns = [export.Column("Name", lambda text: text), export.Column("End", lambda text: ".")]
    (sheet,) = from_csv("".join(export.csv_lines(columns, texts)).encode())
    assert [as_text(row[0]) if row else "" for row in sheet["rows"][1:]] == texts
    made = export.xlsx("list", columns, texts)
    (sheet,) = from_workbook(b"".join(made.streaming_content))
    assert [as_text(row[0]) for row in sheet["rows"][1:]] == [export.CONTROL.sub("", text) for text in texts]


@pytest.mark.parametrize("value", [7, 7.0, 100000.0, "1E5", "1,2E+05", "3-4", "03-Apr", "Apr-03", "4/3/2026", "3.4.26"])
def test_a_code_that_a_spreadsheet_may_have_turned_is_asked_about(value):
    with pytest.raises(ValueError, match="right"):
        Code(20).clean(value)
    sure = Code(20)
    sure.sure = True
    assert sure.clean(value) == as_text(value)
    known = Code(20)
    known.known = frozenset([sameness.code(as_text(value))])
    assert known.clean(value) == as_text(value)


@pytest.mark.parametrize("value", [date(2026, 4, 3), 1.5, 1e20])
def test_what_is_no_code_any_more_is_refused(value):
    sure = Code(20)
    sure.sure = True
    with pytest.raises(ValueError, match="type it again"):
        sure.clean(value)
    if isinstance(value, date):
        with pytest.raises(ValueError, match="3 April 2026"):
            Words(50).clean(value)


@pytest.mark.parametrize("value", ["A1", "L5-MGT", "007", "12345", "MGT 101", "2026A"])
def test_a_code_that_is_text_is_taken_as_it_is(value):
    assert Code(20).clean(value) == value


# -- the page ----------------------------------------------------------------------------------------

URL = "/admin/modules/course/import/"


@pytest.fixture
def provider():
    return ProviderFactory()


@pytest.fixture
def desk(in_admin, provider):
    return in_admin(staff(provider=provider))


def read_in(desk, content: bytes, name: str = "courses.xlsx", **more):
    return desk.post(URL, {"import_file": SimpleUploadedFile(name, content), "format": "0", **more})


def confirm(desk, page):
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text.split("process_import")[1]))
    return desk.post("/admin/modules/course/process_import/", hidden, follow=True)


def test_titles_above_another_sheet_before_and_blank_rows_between_do_no_harm(desk, provider):
    sheets = (
        [["Read me"]],
        [["Our courses"], [], ["Title", "CODE ", "Level", "Credits"], [], ["Zoë’s turn", "A2", 4, 3]],
    )
    page = confirm(desk, read_in(desk, workbook(*sheets)))
    assert "Imported: 1 new" in page.text
    assert Course.objects.get(provider=provider).title == "Zoë’s turn"


def test_two_sheets_with_these_columns_are_not_chosen_from(desk):
    page = read_in(desk, workbook([HEAD, ROWS[0]], [HEAD, ROWS[1]]))
    assert "The sheets “Sheet 1” and “Sheet 2” all have these columns" in page.text


def test_what_is_wrong_is_said_by_line_and_column_and_beside_the_rows_to_download(desk):
    rows = [["Courses of 2026"], HEAD, ["A1", "Good", 5, 4], [], ["a1", "Twice", 5, 4], ["A3", date(2026, 4, 3), 9, 4]]
    page = read_in(desk, workbook(rows))
    assert "“a1” is already in line 3." in page.text
    assert "has a date or a time here (3 April 2026)" in page.text
    assert Course.objects.count() == 0
    address = re.search(r'href="([^"]*import/errors/[^"]*)"', page.text)[1]
    lines = list(csv.reader(io.StringIO(b"".join(desk.get(address).streaming_content).decode("utf-8-sig"))))
    assert lines[0] == ["Line", *HEAD, "What is wrong"]
    assert [line[0] for line in lines[1:]] == ["3", "5", "6"]
    assert lines[1][-1] == ""
    assert lines[2][-1] == "code: “a1” is already in line 3. Keep only one of them."
    assert "title: The spreadsheet has a date" in lines[3][-1]
    assert "level: “9” is not valid" in lines[3][-1]
    mended = written([[*line[:-1], ""] for line in [lines[0], lines[1]]]).encode()
    assert "Imported: 1 new" in confirm(desk, read_in(desk, mended, "mended.csv")).text


def test_a_row_is_called_by_what_it_has(desk):
    page = read_in(desk, written([HEAD, ["", "Nameless", "5", "4"], ["A1", "", "5", "4"]]).encode(), "courses.csv")
    assert re.findall(r"<h3[^>]*>([^<]*)</h3>", page.text) == ["Line 2: Nameless", "Line 3: A1"]


def test_a_file_that_cannot_be_read_is_answered_with_the_columns_that_one_needs(in_admin, provider):
    pages = [own for own in admin.site._registry.values() if isinstance(own, RowsImport)]
    ProgrammeFactory(provider=provider)
    browser = in_admin(UserFactory(is_superuser=True, is_staff=True))
    assert len(pages) > 1
    for own in pages:
        shows_its_columns_again(browser, reverse(f"admin:{own.opts.app_label}_{own.opts.model_name}_import"))


def shows_its_columns_again(browser, address: str) -> None:
    columns = re.search(r"names the columns: (.*?)\. ", browser.get(address).text)[1]
    assert columns.count("<code>") > 1
    text = browser.post(address, {"import_file": SimpleUploadedFile("table.xlsx", b"no table"), "format": "0"}).text
    assert "We cannot read this file" in text
    assert columns in text


def test_the_file_with_what_is_wrong_is_for_whoever_read_it_in(desk, in_admin, provider):
    page = read_in(desk, written([HEAD, ["", "x", "5", "4"]]).encode(), "courses.csv")
    address = re.search(r'href="([^"]*import/errors/[^"]*)"', page.text)[1]
    assert in_admin(staff(provider=provider)).get(address).status_code == 404


def test_codes_that_are_numbers_are_asked_about_once_and_known_ones_are_found(desk, provider):
    page = read_in(desk, workbook([HEAD, [7, "Seven", 5, 4]]))
    assert "The spreadsheet has this code as a number, 7" in page.text
    assert "Imported: 1 new" in confirm(desk, read_in(desk, workbook([HEAD, [7, "Seven", 5, 4]]), sure="on")).text
    page = confirm(desk, read_in(desk, workbook([HEAD, [7, "Seven, again", 5, 4]])))
    assert "1 changed" in page.text
    assert Course.objects.get(provider=provider).title == "Seven, again"


def test_a_course_is_known_by_its_code_however_it_is_written(desk, provider):
    Course.objects.create(provider=provider, code="L5–MGT", title="Old", level=5, credits=4)
    page = confirm(
        desk, read_in(desk, written([HEAD, ["l5-mgt", "New", "5", "4"]], ";").encode("cp1252"), "courses.csv")
    )
    assert "1 changed" in page.text
    assert Course.objects.get().title == "New"
