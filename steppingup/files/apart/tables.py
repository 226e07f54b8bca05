"""Tables that people read in: rows of cells, as text or numbers."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from steppingup.files.apart.archives import unpacked
from steppingup.files.apart.limits import Refused

MOST_ROWS = 20_000
MOST_COLUMNS = 200
UNREADABLE = "We cannot read this file. Save it again as “CSV UTF-8” or as an Excel workbook (.xlsx)."
WIDE = f"This file has more than {MOST_COLUMNS} columns. Keep only those that are needed."
LONG = f"This file has more than {MOST_ROWS:,} rows. Split it into smaller files."

Rows = list[list[Any]]


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, float, bool)) else str(value).replace("\x00", "")


def _limited(rows: Iterable[Iterable[Any]]) -> Rows:
    """Rows of cells, without the empty ones at the end of each."""
    found: Rows = []
    for row in rows:
        cells = [_cell(value) for value in row]
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise Refused(WIDE)
        found.append(cells)
        if len(found) > MOST_ROWS:
            raise Refused(LONG)
    while found and not found[-1]:
        found.pop()
    return found


def from_csv(content: bytes) -> Rows:
    """As UTF-8, or as Excel writes it on Windows."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    try:
        return _limited(csv.reader(io.StringIO(text.replace("\x00", ""), newline="")))
    except csv.Error:
        raise Refused(UNREADABLE) from None


def from_excel(content: bytes) -> Rows:
    """The sheet that was open when it was saved; of formulas, what they last came to."""
    from openpyxl import load_workbook  # a third of a second, which other uploads do not wait for

    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused(UNREADABLE)
    unpacked(content, "Excel workbook")
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.active
        sheet.reset_dimensions()  # what it says about its own size need not be true
        return _limited(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1))
    except Refused:
        raise
    except MemoryError:
        raise
    except Exception:  # openpyxl fails in many ways on what only looks like a workbook
        raise Refused(UNREADABLE) from None


READERS: dict[str, Callable[[bytes], Rows]] = {"csv": from_csv, "xlsx": from_excel}
