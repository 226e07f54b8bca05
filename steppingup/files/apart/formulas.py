"""Cells of a workbook that do not say what they show: formulas that the library that reads them takes for empty ones or for nought, as they
came to an error, or whichever program wrote the file has never worked them out; and shares that are shown as percentages. Of the old
kinds (.xls, .xlsb) they cannot be told."""

import re
from collections.abc import Iterator
from functools import reduce
from xml.etree import ElementTree

from steppingup.files.apart.archives import parsed

#: By the name of a sheet, its cells (row, column) and what the spreadsheet shows there; nothing where it was never worked out.
Unread = dict[str, list[tuple[int, int, str]]]
MOST = 1_000_000  # rows or columns that one may stand for
MOST_SHARES = 1_000  # of them, that are looked at one by one
WHAT = "workbook"

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_RESULT = re.compile(rb"<(?:\w+:)?(?:v|is)>[^<]*[^<\s]|<(?:\w+:)?is>")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_SHOWN = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})<")


#: The formats of Excel's own that show a share as a percentage.
_SHARES = {"9", "10"}
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_PERCENT = re.compile(r'"[^"]*"|\\.')


def as_percentages(parts: dict[str, bytes]) -> dict[str, set[tuple[int, int]]]:
    """By the name of a sheet, its cells whose number is shown as a percentage: 0.4 as 40%. Of the old kinds they cannot be told."""
    if "xl/workbook.xml" in parts:
        styles = _styles_of_shares(parts.get("xl/styles.xml", b"<a/>"))
        return {name: set(_of_styles(content, styles)) for name, content in _sheets(parts) if styles}
    if "content.xml" in parts:
        return {table.get(f"{_T}name", ""): set(_shares_of_table(table)) for table in _tables(parts["content.xml"])}
    return {}


def without_result(parts: dict[str, bytes]) -> Unread:
    """`parts` of a workbook's archive, by their names; nothing of what is none."""
    if "xl/workbook.xml" in parts:
        return _of_excel(parts)
    if "content.xml" in parts:
        return {table.get(f"{_T}name", ""): list(_of_table(table)) for table in _tables(parts["content.xml"])}
    return {}


# -- .xlsx -------------------------------------------------------------------------------------------


def _sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    links = parsed(parts.get("xl/_rels/workbook.xml.rels", b"<a/>"), WHAT)
    leads = {one.get("Id"): one.get("Target", "").removeprefix("/xl/") for one in links}
    for sheet in parsed(parts["xl/workbook.xml"], WHAT).iter():
        target = next((leads.get(value) for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        if sheet.tag.endswith("sheet") and target:
            yield sheet.get("name", ""), parts.get(f"xl/{target}", b"")


def _of_excel(parts: dict[str, bytes]) -> Unread:
    return {name: list(_of_sheet(content)) for name, content in _sheets(parts)}


def _styles_of_shares(content: bytes) -> set[int]:
    """The places of those styles that show a number as a percentage."""
    root = parsed(content, WHAT)
    own = {
        one.get("numFmtId")
        for one in root.iter()
        if one.tag.endswith("}numFmt") and "%" in _PERCENT.sub("", one.get("formatCode", ""))
    }
    cells = next((one for one in root if one.tag.endswith("}cellXfs")), ())
    return {at for at, style in enumerate(cells) if style.get("numFmtId") in own | _SHARES}


def _of_styles(content: bytes, styles: set[int]) -> Iterator[tuple[int, int]]:
    for about, _ in _CELL.findall(content):
        place, style = _PLACE.search(about), _STYLE.search(about)
        if place and style and int(style[1]) in styles:
            yield int(place[2]) - 1, _column(place[1])


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


def _shares_of_table(table: ElementTree.Element) -> Iterator[tuple[int, int]]:
    at = 0
    for row in table.iter(f"{_T}table-row"):
        column, again = 0, min(_times(row, "rows"), MOST_SHARES)
        for cell in row:
            wide = _times(cell, "columns")
            if cell.get(_KIND) == "percentage":
                yield from ((at + down, column + by) for down in range(again) for by in range(min(wide, MOST_SHARES)))
            column += wide
        at += _times(row, "rows")
