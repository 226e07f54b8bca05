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

_SECTION = re.compile(
    r"^(?:(?:appendix|section|part)\s+)(\d+[a-z]?)\s*[-–—:.]?\s+(\S.*)$|^(\d+[a-z])[.:]?\s+(\S.*)$", re.IGNORECASE
)


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
    """The key and the title of a section, where the line is its heading: “Appendix 1b Developing future …”."""
    found = _SECTION.match(text.strip())
    if not found:
        return None
    return fold(found[1] or found[3]), (found[2] or found[4]).strip()


def _is_unreadable(cells: Sequence[str]) -> bool:
    return repeats_itself(cells) and begins_midway(next((cell for cell in cells[1:] if cell.strip()), ""))


def read(rows: Sequence[Sequence[str]]) -> Document:
    """Take the lines of a file apart. Lines are numbered from 1, the empty ones with them."""
    sections: dict[str, str] = {}
    tables: list[Table] = []
    lines: list[Line] = []
    section = ""
    for number, given in enumerate(rows, 1):
        cells = tuple(cell.strip() for cell in given)
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        if len(filled) == 1 and (heading := section_of(filled[0])):
            section, title = heading
            sections[section] = title
        elif is_heading(cells):
            tables.append(Table(number, cells, tuple(column_of(cell) for cell in cells)))
        elif len(filled) == 1 and cells[0]:
            lines.append(Line(number, Kind.OUTSIDE, cells, section, len(tables) - 1))
        else:
            if not tables:
                tables.append(Table(0, (), ()))
            kind = Kind.UNREADABLE if _is_unreadable(cells) else Kind.ROW
            lines.append(Line(number, kind, cells, section, len(tables) - 1))
    return Document(sections, tables, lines)


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


def lost(line: Line, columns: Sequence[str], shift: int = 0) -> list[str]:
    """Cells of a row that stand beyond the first or the last column."""
    return [cell for at, cell in enumerate(line.cells) if cell and not 0 <= at + shift < len(columns)]


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
