"""What a Word document says: its paragraphs, and its tables row by row.

All that a reader of the document sees: also what was inserted while changes are tracked, what stands in content controls, in text boxes
and in a table within a cell. What was deleted is not there. A symbol of a font of symbols is the sign that it looks like."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from steppingup.files.apart.archives import parsed, unpacked
from steppingup.files.apart.word import MAIN, WHAT

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
#: What is not read: what was deleted or moved away, older copies of what newer programs draw, and how things look.
_PASSED = {"del", "moveFrom", "Fallback", "pPr", "rPr", "tblPr", "tblGrid", "tcPr", "trPr", "sectPr"}
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
#: Signs of Wingdings and Symbol; any other is one that cannot be read.
_SYMBOLS = {
    "fc": "✓",
    "fe": "☑",
    "fb": "✗",
    "fd": "☒",
    "b7": "•",
    "a7": "▪",
    "a8": "□",
    "6f": "□",
    "e0": "→",
    "d8": "➢",
}
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
WIDEST = 200

Row = list[str]


def rows_of(content: bytes, between: Row) -> Iterator[Row]:
    """Paragraphs as rows of one cell, tables row by row, each as wide as its table; `between` stands before every table but the first.

    A cell that was merged over others says what it says once. A row that is one cell from end to end is a row of one cell."""
    body = next((one for one in parsed(unpacked(content, WHAT)[MAIN], WHAT) if _name(one) == "body"), None)
    tables = 0
    for block in _blocks(body) if body is not None else ():
        if _name(block) == "p":
            yield [_text(block)]
            continue
        if tables:
            yield between
        tables += 1
        rows = [_row(row) for row in _inside(block, "tr")]
        width = max((len(row) for row, _ in rows), default=0)
        for row, whole in rows:
            yield row[:1] if whole and len(row) == width else row + [""] * (width - len(row))


def _name(element: Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2]


def _value(element: Element, name: str) -> str:
    return element.get(f"{_W}{name}") or element.get(f"{_STRICT}{name}") or ""


def _blocks(element: Element) -> Iterator[Element]:
    """Paragraphs and tables in their order, also those within content controls."""
    for one in element:
        if _name(one) in ("p", "tbl"):
            yield one
        elif _name(one) not in _PASSED:
            yield from _blocks(one)


def _inside(element: Element, wanted: str) -> Iterator[Element]:
    """Rows of a table, or cells of a row, also those within content controls; not those of a table inside."""
    for one in element:
        if _name(one) == wanted:
            if not any(_name(sign) == "del" for sign in _about(one, "trPr")):
                yield one
        elif _name(one) not in (*_PASSED, "tbl", "tr", "tc"):
            yield from _inside(one, wanted)


def _about(element: Element, kind: str) -> Iterator[Element]:
    for one in element:
        if _name(one) == kind:
            yield from one


def _number(element: Element) -> int:
    said = _value(element, "val")
    return min(int(said), WIDEST) if said.isascii() and said.isdecimal() and len(said) < 6 else 0


def _row(row: Element) -> tuple[Row, bool]:
    """Its cells, with empty ones where it begins later or a cell is merged over others; and whether it is one cell from end to end."""
    begins = sum(_number(one) for one in _about(row, "trPr") if _name(one) == "gridBefore")
    cells, found = list(_inside(row, "tc")), [""] * begins
    for cell in cells:
        about = {_name(one): one for one in _about(cell, "tcPr")}
        goes_on = "vMerge" in about and _value(about["vMerge"], "val") != "restart"
        wide = max(1, _number(about["gridSpan"])) if "gridSpan" in about else 1
        found += ["" if goes_on else _cell(cell), *[""] * (wide - 1)]
    return found[: WIDEST + 1], len(cells) == 1 and not begins


def _cell(cell: Element) -> str:
    """Its paragraphs, one to a line. Of a table inside, each row is a line, with tabs between its cells."""
    return "\n".join(_text(block) if _name(block) == "p" else _table(block) for block in _blocks(cell)).strip("\n")


def _table(table: Element) -> str:
    return "\n".join("\t".join(map(_cell, _inside(row, "tc"))) for row in _inside(table, "tr"))


def _text(paragraph: Element) -> str:
    """The words of a paragraph, with what stands in its text boxes on lines of their own."""
    return "".join(_pieces(paragraph)).strip("\n")


def _pieces(element: Element) -> Iterator[str]:
    for one in element:
        name = _name(one)
        if name == "t":
            yield one.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name == "sym":
            yield _SYMBOLS.get(_value(one, "char").lower()[-2:], UNKNOWN)
        elif name == "txbxContent":
            yield f"\n{_cell(one)}\n"
        elif name not in _PASSED:
            yield from _pieces(one)
