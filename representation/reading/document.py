"""An action plan as people have it, taken apart line by line (R1, R3, R10, R13).

Nothing is guessed. A table whose headings cannot be told apart waits until somebody has said what its columns are; what stands
outside the tables, and rows that cannot be read, are listed and become nothing by themselves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from representation.reading.columns import COLUMNS, column_of, is_heading
from representation.reading.doubts import Doubt, begins_midway, doubts_of, repeats_itself
from steppingup.formats.sameness import fold

#: “Appendix 1a”, “APPENDIX 1(B):”, “Annex 2 –”, “1c)”, “Part A”: its word, its number with a letter or its letter, and a sign.
_SECTION = re.compile(
    r"^(?P<word>(?i:appendix|app\.?|annex|section|part|theme)(?=[\s\d(]))?\s*\(?"
    r"(?:(?P<number>\d{1,3})(?P<gap>\s?[.(]?)(?P<letter>(?i:[a-z]))?(?![a-zA-Z0-9])|(?P<alone>[A-Z])(?![\w’']))\s*\)?"
    r"\s*(?P<sign>[-–—:.)]?)\s*(?P<title>.*)$",
    re.DOTALL,
)
_APPENDIX = re.compile(r"^(?:appendix|annex)\s*\d{1,3}\s?\(?[a-z]\)?\s?[-–—:.]?$", re.IGNORECASE)
LONGEST_TITLE = 300
#: How a file says that another sheet begins, or another table of a document: rows that are empty to everybody else.
NEXT_SHEET, NEXT_TABLE = ["\f"], ["\f", "\f"]


class Kind(StrEnum):
    ROW = "row"
    UNREADABLE = "unreadable"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Table:
    """A table of the file: the line of its headings (0 where it has none), these, and which column each is, where it says so."""

    line: int
    headings: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """Is it certain which column is which? Where each heading names one, or where all six are named once; none twice."""
        named = [name for name in self.columns if name]
        return bool(named) and len(set(named)) == len(named) and (all(self.columns) or len(named) == len(COLUMNS))

    @property
    def others(self) -> list[str]:
        """Headings beside those of a plan: what stands below them is not read."""
        return [said for said, name in zip(self.headings, self.columns, strict=True) if said and not name]


@dataclass(frozen=True)
class Line:
    """A line of the file that is no heading: its cells as they stand there, and below which section and table."""

    number: int
    kind: Kind
    cells: tuple[str, ...]
    section: str = ""
    table: int = -1


@dataclass(frozen=True)
class Document:
    """Everything in the file: its sections by their keys, its tables, and all lines in their order."""

    sections: Mapping[str, str] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    lines: Sequence[Line] = ()


@dataclass(frozen=True)
class Row:
    """A row of the plan: its six texts, where it stands, and what about it somebody should look at."""

    number: int
    section: str
    texts: Mapping[str, str]
    doubts: tuple[Doubt, ...] = ()


def section_of(text: str) -> tuple[str, str] | None:
    """The key and the title of a section, where the line is its heading: “Appendix 1b Developing future …”, “1(b): Developing future …”.

    A sentence that begins with such words (“Section 3 of the Act”, “3d printing for all”) is none, and so is anything without a number and
    a letter that does not say what it is. One without a title is called as it stands."""
    said = " ".join(text.split())
    found = _SECTION.match(said)
    if not found or len(said) > LONGEST_TITLE:
        return None
    word, number, letter, title = (found[name] or "" for name in ("word", "number", "letter", "title"))
    apart = found["gap"] == " "  # “Appendix 1 a Title”, and “Appendix 1 A programme”
    if not word and (not letter or apart or not (title or found["sign"] == ")")):
        return None
    is_appendix = bool(letter) and not apart and word.lower().startswith(("app", "ann"))
    if title[:1].islower() and not found["sign"] and not is_appendix:
        return None
    return fold(f"{number}{letter}" or found["alone"]), title or said


def _section_in(filled: Sequence[str]) -> tuple[str, str] | None:
    """Where it is all that the line says; its number and its title may stand in two cells."""
    if len(filled) == 2 and _APPENDIX.match(filled[0]):
        return section_of(" ".join(filled))
    return section_of(filled[0]) if len(filled) == 1 else None


def _is_unreadable(cells: Sequence[str]) -> bool:
    return repeats_itself(cells) and begins_midway(next((cell for cell in cells[1:] if cell.strip()), ""))


@dataclass
class _Tables:
    """The tables found so far, and whether the file says that the next row is in another one."""

    found: list[Table] = field(default_factory=list)
    after: Sequence[str] = ()

    def below(self, cells: Sequence[str]) -> int:
        """The place of the table in which this row stands. In another sheet, or in a table of a document that is not as wide as the one
        before it, it stands below no headings: what its columns are is a question."""
        other = self.after == NEXT_SHEET or (self.after == NEXT_TABLE and len(cells) != self.width)
        if not self.found or other:
            self.found.append(Table(0, (), ()))
        self.after = ()
        return len(self.found) - 1

    @property
    def width(self) -> int:
        return len(self.found[-1].headings) if self.found else 0

    def begin(self, number: int, cells: tuple[str, ...]) -> None:
        self.found.append(Table(number, cells, tuple(column_of(cell) for cell in cells)))
        self.after = ()


def read(rows: Sequence[Sequence[str]]) -> Document:
    """Take the lines of a file apart. Lines are numbered from 1, the empty ones with them."""
    sections: dict[str, str] = {}
    tables = _Tables()
    lines: list[Line] = []
    section = ""
    for number, given in enumerate(rows, 1):
        if list(given) in (NEXT_SHEET, NEXT_TABLE):
            tables.after = list(given)
            continue
        cells = tuple(cell.strip() for cell in given)
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        if heading := _section_in(filled):
            section, title = heading
            sections.setdefault(section, title)
        elif is_heading(cells, first=not tables.found or bool(tables.after)):
            tables.begin(number, cells)
        elif len(cells) == 1:
            lines.append(Line(number, Kind.OUTSIDE, cells, section, len(tables.found) - 1))
        else:
            kind = Kind.UNREADABLE if _is_unreadable(cells) else Kind.ROW
            lines.append(Line(number, kind, cells, section, tables.below(cells)))
    return Document(sections, tables.found, lines)


# -- what somebody has said about it -----------------------------------------------------------------


class Fate(StrEnum):
    """What becomes of a line."""

    TAKE = "take"
    JOIN = "join"
    LEAVE = "leave"


@dataclass(frozen=True)
class Said:
    """What somebody has said while looking at a file: the columns of its tables, by their place; what becomes of lines, and by how
    many columns each stands too far to the left, by their numbers."""

    columns: Mapping[int, Sequence[str]] = field(default_factory=dict)
    fates: Mapping[int, Fate] = field(default_factory=dict)
    shifts: Mapping[int, int] = field(default_factory=dict)

    def to_keep(self) -> dict[str, Any]:
        """As JSON, whose keys are texts."""
        return {
            "columns": {str(place): list(names) for place, names in self.columns.items()},
            "fates": {str(number): str(fate) for number, fate in self.fates.items()},
            "shifts": {str(number): by for number, by in self.shifts.items() if by},
        }

    @classmethod
    def kept(cls, given: Mapping[str, Mapping[str, Any]]) -> "Said":
        return cls(
            {int(place): tuple(names) for place, names in given.get("columns", {}).items()},
            {int(number): Fate(fate) for number, fate in given.get("fates", {}).items()},
            {int(number): int(by) for number, by in given.get("shifts", {}).items()},
        )


def fate_of(line: Line, said: Said) -> Fate:
    return said.fates.get(line.number, Fate.TAKE if line.kind == Kind.ROW else Fate.LEAVE)


def columns_of(document: Document, place: int, said: Said) -> tuple[str, ...]:
    """The columns of a table: as its headings say, or as somebody has said. Nothing while neither does."""
    if place < 0:
        return ()
    table = document.tables[place]
    if table.is_clear:
        return table.columns
    given = tuple(said.columns.get(place, ()))
    named = [name for name in given if name]
    return given if named and len(set(named)) == len(named) else ()


def _texts(line: Line, columns: Sequence[str], shift: int) -> dict[str, str]:
    texts = dict.fromkeys(COLUMNS, "")
    for at, cell in enumerate(line.cells):
        place = at + shift
        if cell and 0 <= place < len(columns) and columns[place]:
            texts[columns[place]] = cell
    return texts


def lost(line: Line, columns: Sequence[str], shift: int = 0, headings: Sequence[str] | None = None) -> list[str]:
    """Cells of a row that stand beyond the first or the last column; with `headings`, also those below a heading that says nothing."""

    def has_none(place: int) -> bool:
        return headings is not None and not columns[place] and not (place < len(headings) and headings[place])

    places = ((at + shift, cell) for at, cell in enumerate(line.cells) if cell)
    return [cell for place, cell in places if not 0 <= place < len(columns) or has_none(place)]


def rows_of(document: Document, said: Said | None = None) -> list[Row]:
    """The rows of the plan as they would be taken over. Those of a table whose columns nobody has named are not among them."""
    said = said or Said()
    found: list[Row] = []
    for line in document.lines:
        fate = fate_of(line, said)
        if fate == Fate.LEAVE:
            continue
        columns = columns_of(document, line.table, said)
        if line.kind == Kind.OUTSIDE:  # words that stand alone: an outcome of their own, or the end of the one above
            columns = ("outcome",)
        if not columns:
            continue
        texts = _texts(line, columns, said.shifts.get(line.number, 0))
        if fate == Fate.JOIN and found:
            found[-1] = _joined(found[-1], texts)
            continue
        was_said = line.kind != Kind.OUTSIDE and columns is not document.tables[line.table].columns
        found.append(Row(line.number, line.section, texts, doubts_of(texts, columns_were_said=was_said)))
    return found


def _joined(row: Row, texts: Mapping[str, str]) -> Row:
    """The row with what goes on in the next one, cell by cell."""
    return replace(row, texts={name: " ".join(filter(None, (row.texts[name], texts[name]))) for name in COLUMNS})
