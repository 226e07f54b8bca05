"""Tables that people read in: the sheets of a file, each as rows of cells.

Whatever program wrote it: a comma, a semicolon, a tabulator or a bar between cells; the alphabets of Windows, of old Macs and of
Unicode; workbooks of Excel and LibreOffice, new and old. Where it cannot be told which, it is refused rather than guessed."""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from steppingup.files.apart import word, word_tables
from steppingup.files.apart.alphabets import likeliest
from steppingup.files.apart.archives import unpacked
from steppingup.files.apart.formulas import as_percentages, without_result
from steppingup.files.apart.limits import Refused

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_SHEETS = 50
UNREADABLE = "We cannot read this file. Save it again as “CSV UTF-8” or as an Excel workbook (.xlsx)."
WIDE = f"This file has more than {MOST_COLUMNS} columns. Keep only those that are needed."
LONG = "This file has more than {:,} rows. Split it into smaller files."
LOCKED = "This workbook opens with a password only. Save it without one and upload it again."
QUOTES = (
    "On line {} a quotation mark has no partner. Put one at the end of what it belongs to, or double it where it is part "
    "of the text."
)
SEPARATORS = ",;\t|"

#: Rows that nobody can write, and that are empty to whoever does not ask: here begins another sheet, or another table of a document.
NEXT_SHEET, NEXT_TABLE = ["\f"], ["\f", "\f"]

Rows = list[list[Any]]
Sheets = list[dict[str, Any]]


def _cell(value: Any) -> Any:
    """As it goes to the site: text, number, yes or no; a day or a time is marked as what it is, for codes are taken for days."""
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return {"day": value.date().isoformat()} if midnight else {"moment": value.isoformat(" ", "minutes")}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, (time, timedelta)):
        return {"moment": str(value)}
    return value if value is None or isinstance(value, (int, float, bool)) else str(value).replace("\x00", "")


def _share(value: Any) -> Any:
    """A number that is shown as a percentage, with what is shown, as exactly as it is kept: 0.4 as “40%”."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    shown = (Decimal(str(value)) * 100).normalize()
    return {"percent": f"{shown:f}%", "value": value}


def _limited(rows: Iterable[Iterable[Any]], most: int = MOST_ROWS) -> Rows:
    """Rows of cells, without the empty ones at the end of each."""
    found: Rows = []
    for row in rows:
        cells = [_cell(value) for value in row]
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise Refused(WIDE)
        found.append(cells)
        if len(found) > most:
            raise Refused(LONG.format(most))
    while found and not found[-1]:
        found.pop()
    return found


# -- text --------------------------------------------------------------------------------------------


#: What a file that is no text begins with, and what it is.
BEGINS = {
    b"PK\x03\x04": "a workbook or a Word document",
    b"\xd0\xcf\x11\xe0": "an old workbook or Word document",
    b"%PDF-": "a PDF",
    b"{\\rtf": "a text with formats (RTF)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}
NO_TEXT = "This file is {}, whatever its name says. Save it as what you want to upload, and upload that."


def _decoded(content: bytes) -> str:
    if other := next((what for begin, what in BEGINS.items() if content.startswith(begin)), ""):
        raise Refused(NO_TEXT.format(other))
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(name)
            except UnicodeDecodeError:
                raise Refused(UNREADABLE) from None
    start = content[:400]
    if len(content) % 2 == 0 and len(start) > 3:
        for name, at in (("utf-16-le", 1), ("utf-16-be", 0)):
            if start[at::2].count(0) * 2 > len(start[at::2]):
                try:
                    return content.decode(name)
                except UnicodeDecodeError:
                    raise Refused(UNREADABLE) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return likeliest(content)


def _lines(text: str, separator: str, strict: bool = True, first: int = 1) -> Iterator[list[str]]:
    """Refuses a quotation mark that would otherwise take the next cells, or the rest of the file, into its own cell."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=strict)
    begun = 0
    try:
        for row in reader:
            yield row
            begun = reader.line_num
    except csv.Error:
        raise Refused(QUOTES.format(begun + first) if '"' in text else UNREADABLE) from None


def _separator(text: str) -> str:
    """What stands between cells: the sign that divides most rows into as many cells as the widest row that is usual."""
    best, chosen = (0, 0), ","
    for sign in SEPARATORS:
        try:
            rows = [row for row in _lines(text, sign, strict=False) if any(row)][:200]
        except Refused:
            continue
        width, number = max(
            Counter(map(len, rows)).items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0)
        )
        if width > 1 and (number, width) > best:
            best, chosen = (number, width), sign
    return chosen


def from_csv(content: bytes, most: int = MOST_ROWS) -> Sheets:
    """Text with a separator, which a line “sep=;” may name, as Excel writes it."""
    text = _decoded(content).replace("\x00", "")
    named = re.match(r'"?sep=([^\w\s"]|\t)"?(?:\r\n|\n|\r)', text, re.IGNORECASE)
    if named:
        text = text[named.end() :]
    first = 2 if named else 1
    try:
        rows = _limited(_lines(text, named[1] if named else _separator(text[:100_000]), first=first), most)
    except TypeError:
        raise Refused(UNREADABLE) from None
    return [{"name": "", "rows": rows, "line": first}]


def from_text(content: bytes, most: int = MOST_ROWS) -> Sheets:
    """Text with tabs between its cells, and nothing else: in a scan, commas are commas. Quotation marks are those of a program that writes
    tables where all of them are; otherwise they belong to the words. A new page begins a new line."""
    text = re.sub("[\x0b\x0c]", "\n", _decoded(content).replace("\x00", ""))
    try:
        rows = _limited(_lines(text, "\t"), most)
    except Refused:
        rows = _limited((line.split("\t") for line in re.split(r"\r\n|\n|\r", text)), most)
    return [{"name": "", "rows": rows, "line": 1}]


# -- workbooks ---------------------------------------------------------------------------------------


def _filled(rows: Rows, merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> Rows:
    """A cell that was merged over several rows says the same in each of them."""
    for (top, left), (bottom, _) in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            row.extend([None] * (left + 1 - len(row)))
            if row[left] in (None, ""):
                row[left] = rows[top][left]
    return rows


def from_workbook(content: bytes, most: int = MOST_ROWS) -> Sheets:
    """Every sheet that shows, in its order; of formulas, what they last came to."""
    from python_calamine import (  # other uploads do not wait for it
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    parts = unpacked(content, "workbook") if zipfile.is_zipfile(io.BytesIO(content)) else {}
    unread, shares = without_result(parts), as_percentages(parts)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found: Sheets = []
        for about in book.sheets_metadata[:MOST_SHEETS]:
            if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(about.name)
            if sheet.total_width > MOST_COLUMNS * 10:
                raise Refused(WIDE)
            if sheet.total_height > most * 10:
                raise Refused(LONG.format(most))
            rows = _limited(sheet.to_python(skip_empty_area=False), most)
            for row, column, said in unread.get(about.name, ()):
                if row < len(rows) and column < MOST_COLUMNS:
                    rows[row].extend([None] * (column + 1 - len(rows[row])))
                    rows[row][column] = {"unread": said}
            for row, column in shares.get(about.name, ()):
                if row < len(rows) and column < len(rows[row]):
                    rows[row][column] = _share(rows[row][column])
            found.append({"name": about.name, "rows": _filled(rows, sheet.merged_cell_ranges or ()), "line": 1})
    except (Refused, MemoryError):
        raise
    except PasswordError:
        raise Refused(LOCKED) from None
    except Exception:  # calamine fails in many ways on what only looks like a workbook
        raise Refused(UNREADABLE) from None
    return found


# -- Word --------------------------------------------------------------------------------------------


def from_word(content: bytes, most: int = MOST_ROWS) -> Sheets:
    """The paragraphs and the tables of a document in their order, each paragraph as a row of one cell. Rows of a table have all their
    cells, also the empty ones at the end, and between tables stands NEXT_TABLE."""
    _, kept = word.clean(content)
    rows: Rows = []
    for row in word_tables.rows_of(kept, NEXT_TABLE):
        if len(row) > MOST_COLUMNS:
            raise Refused(WIDE)
        if len(rows) >= most:
            raise Refused(LONG.format(most))
        rows.append([_cell(value) for value in row])
    return [{"name": "", "rows": rows, "line": 1}]


READERS: dict[str, Callable[[bytes, int], Sheets]] = {
    "csv": from_csv,
    "txt": from_csv,
    "tsv": from_csv,
    "xlsx": from_workbook,
    "xlsm": from_workbook,
    "xlsb": from_workbook,
    "xls": from_workbook,
    "ods": from_workbook,
    "docx": from_word,
    "text": from_text,
}
