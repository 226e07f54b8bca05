"""Every list as CSV and as XLSX, exactly as it is filtered, in constant memory.

The one place where tables are written. `steppingup.desk.importing` is the one that reads them, by django-import-export, which
shows what a file would change before it does. That library could write too, but holds all rows and then the whole file in
memory; here neither a list nor its download is ever held whole."""

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from steppingup import clock
from steppingup.files.names import disposition, file_name

CHUNK = 2000  # rows fetched from the database at a time
BATCH = 200  # rows sent to the browser at a time
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_KEPT = {"Cache-Control": "private, no-store"}
#: Wide ones are formulas to a spreadsheet that is set up for Chinese or Japanese.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
# Control characters that cannot stand in an XLSX file.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# What such a file writes for them: a text that looks like it is written so that it stays what it is.
WRITTEN = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Column:
    """A column: its title, and a path such as "programme__name" or a function of the row."""

    title: str
    source: str | Callable[[Any], Any]

    def getter(self) -> Callable[[Any], Any]:
        if callable(self.source):
            return self.source
        steps = self.source.split("__")

        def follow(row: Any) -> Any:
            value = row
            for step in steps:
                if value is None:
                    return None
                value = getattr(value, step)
            return value() if callable(value) else value

        return follow


def harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula. `as_it_was` gives it back."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def as_it_was(text: str) -> str:
    """The text that `harmless` was given; one that it has not changed stays, with an apostrophe of its own as well."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def cell(value: Any) -> Any:
    """A value as it stands in a spreadsheet: numbers and dates stay what they are, moments are in London's time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).replace(tzinfo=None, microsecond=0)
    return value if hasattr(value, "isoformat") else harmless(str(value))


def rows_of(rows: Iterable[Any]) -> Iterator[Any]:
    """The rows, a chunk at a time when they come from the database."""
    return rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else iter(rows)


def table(columns: Iterable[Column], rows: Iterable[Any]) -> Iterator[list[Any]]:
    """The titles, then the cells of each row, as they stand in a spreadsheet."""
    chosen = list(columns)
    yield [harmless(column.title) for column in chosen]
    getters = [column.getter() for column in chosen]
    for row in rows_of(rows):
        yield [cell(get(row)) for get in getters]


def csv_lines(columns: Iterable[Column], rows: Iterable[Any]) -> Iterator[str]:
    """The file in pieces. It begins with a mark by which Excel knows that it is UTF-8."""
    write = csv.writer(SimpleNamespace(write=str)).writerow  # it hands back each line that it writes
    lines = map(write, table(columns, rows))
    yield "\ufeff" + next(lines)
    while batch := "".join(islice(lines, BATCH)):
        yield batch


def stream_csv(filename: str, columns: Iterable[Column], rows: Iterable[Any]) -> StreamingHttpResponse:
    """A download that is written while it is sent."""
    headers = {"Content-Disposition": disposition(filename, "csv"), **NOT_KEPT}
    return StreamingHttpResponse(csv_lines(columns, rows), content_type=CSV_TYPE, headers=headers)


def in_workbook(text: str) -> str:
    return WRITTEN.sub("_x005F_", CONTROL.sub("", text))


def xlsx(filename: str, columns: Iterable[Column], rows: Iterable[Any]) -> FileResponse:
    """A workbook with one sheet, written to a temporary file row by row and then sent."""
    lines = table(columns, rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", filename)[:31] or "List")
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, value=title) for title in next(lines)]
    for title in head:
        title.font = Font(bold=True)
    sheet.append(head)
    for values in lines:
        sheet.append([in_workbook(value) if isinstance(value, str) else value for value in values])
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        book.save(file)
        file.seek(0)
        stack.pop_all()  # it went well: from here on the response closes the file
    name = file_name(filename, "xlsx")
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE, headers=NOT_KEPT)


FORMATS: dict[str, Callable[..., StreamingHttpResponse | FileResponse]] = {"csv": stream_csv, "xlsx": xlsx}


def export(kind: str, filename: str, columns: Iterable[Column], rows: Iterable[Any]) -> Any:
    """The download for `?export=csv` or `?export=xlsx`. The name gets today's date. Raises KeyError otherwise."""
    return FORMATS[kind](f"{filename}-{clock.today():%Y-%m-%d}", columns, rows)
