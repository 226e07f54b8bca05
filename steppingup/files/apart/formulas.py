"""Cells of a workbook that have no value to read, which the library that reads it takes for empty ones or for nought: a formula that
came to an error, or that whichever program wrote the file has never worked out. Of the old kinds (.xls, .xlsb) they cannot be told."""

import re
from collections.abc import Iterator
from functools import reduce
from xml.etree import ElementTree

from steppingup.files.apart.archives import parsed

#: By the name of a sheet, its cells (row, column) and what the spreadsheet shows there; nothing where it was never worked out.
Unread = dict[str, list[tuple[int, int, str]]]
MOST = 1_000_000  # rows or columns that one may stand for
WHAT = "workbook"

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_RESULT = re.compile(rb"<(?:\w+:)?(?:v|is)>[^<]*[^<\s]|<(?:\w+:)?is>")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_SHOWN = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})<")


def without_result(parts: dict[str, bytes]) -> Unread:
    """`parts` of a workbook's archive, by their names; nothing of what is none."""
    if "xl/workbook.xml" in parts:
        return _of_excel(parts)
    if "content.xml" in parts:
        return {table.get(f"{_T}name", ""): list(_of_table(table)) for table in _tables(parts["content.xml"])}
    return {}


# -- .xlsx -------------------------------------------------------------------------------------------


def _of_excel(parts: dict[str, bytes]) -> Unread:
    links = parsed(parts.get("xl/_rels/workbook.xml.rels", b"<a/>"), WHAT)
    leads = {one.get("Id"): one.get("Target", "").removeprefix("/xl/") for one in links}
    found: Unread = {}
    for sheet in parsed(parts["xl/workbook.xml"], WHAT).iter():
        target = next((leads.get(value) for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        if sheet.tag.endswith("sheet") and target:
            found[sheet.get("name", "")] = list(_of_sheet(parts.get(f"xl/{target}", b"")))
    return found


def _of_sheet(content: bytes) -> Iterator[tuple[int, int, str]]:
    for about, inside in _CELL.findall(content):
        place, is_error = _PLACE.search(about), b't="e"' in about
        is_open = _FORMULA.search(inside) and not _RESULT.search(inside) and b't="str"' not in about
        if place and (is_error or is_open):
            shown = _SHOWN.search(inside) if is_error else None
            yield int(place[2]) - 1, _column(place[1]), shown[1].decode(errors="replace") if shown else ""


def _column(letters: bytes) -> int:
    return reduce(lambda number, letter: number * 26 + letter - 64, letters, 0) - 1


# -- .ods --------------------------------------------------------------------------------------------

_T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_KIND = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_ERROR = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


def _tables(content: bytes) -> Iterator[ElementTree.Element]:
    return parsed(content, WHAT).iter(f"{_T}table")


def _times(element: ElementTree.Element, what: str) -> int:
    said = element.get(f"{_T}number-{what}-repeated", "1")
    return min(int(said), MOST) if said.isascii() and said.isdecimal() and len(said) < 9 else 1


def _of_table(table: ElementTree.Element) -> Iterator[tuple[int, int, str]]:
    at = 0
    for row in table.iter(f"{_T}table-row"):
        column = 0
        for cell in row:
            is_error = cell.get(_ERROR) == "error"
            if is_error or (cell.get(f"{_T}formula") and not cell.get(_KIND)):
                yield at, column, "".join(cell.itertext()).strip()[:20] if is_error else ""
            column += _times(cell, "columns")
        at += _times(row, "rows")
