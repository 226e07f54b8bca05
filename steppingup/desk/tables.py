"""The tables in a file that somebody reads in, as django-import-export wants them."""

from datetime import date
from typing import Any

from import_export.formats.base_formats import Format
from tablib import Dataset

from steppingup.desk.cells import Moment, Unread
from steppingup.files.apart import client
from steppingup.files.apart.limits import Refused

UNREADABLE = "We cannot read this file. Save it again as “CSV UTF-8” or as an Excel workbook (.xlsx)."
NO_ROWS = "There are no rows below the names of the columns."
KINDS = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "xlsb", "ods")


def _value(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    if "percent" in cell:
        return cell["value"]
    if "unread" in cell:
        return Unread(cell["unread"] or "not worked out")
    return date.fromisoformat(cell["day"]) if "day" in cell else Moment(cell["moment"])


def read_apart(content: bytes | str, kind: str) -> Dataset:
    """The tables in a file: read in a process of its own, like every upload. Raises Refused with a sentence."""
    found, _ = client.do("rows", content.encode() if isinstance(content, str) else content, kind=kind)
    sheets = [{**sheet, "rows": [[*map(_value, row)] for row in sheet["rows"]]} for sheet in found["sheets"]]
    if not any(len(sheet["rows"]) > 1 for sheet in sheets):
        raise Refused(NO_ROWS)
    table = Dataset(headers=["sheets"])
    table.append([len(sheets)])  # the resource, which knows the columns, finds them
    table.sheets = sheets
    return table


def _format(kind: str) -> type[Format]:
    class Table(Format):
        def __init__(self, encoding: str | None = None) -> None:
            self.encoding = encoding

        def get_title(self) -> str:
            return kind

        def create_dataset(self, in_stream: Any, **kwargs: Any) -> Dataset:
            return read_apart(in_stream, kind)

        def can_import(self) -> bool:
            return True

        def is_binary(self) -> bool:
            return True

    return Table


FORMATS = [_format(kind) for kind in KINDS]
