"""The six columns of an action plan, in their order (R1), and what people call them."""

from collections.abc import Sequence
from difflib import get_close_matches

from steppingup.formats.sameness import fold

#: What each is called in code, and on pages and in files.
COLUMNS = {
    "outcome": "Outcome",
    "detail": "Detail",
    "progress": "Progress",
    "recommendation": "Recommendation",
    "lead": "Lead",
    "timescale": "Timescale",
}
_CALLED = {
    "outcome": ("outcome", "outcomes"),
    "detail": ("detail", "details"),
    "progress": ("progress",),
    "recommendation": ("recommendation", "recommendations"),
    "lead": ("lead", "leads", "lead officer", "lead officers"),
    "timescale": ("timescale", "timescales", "time scale"),
}
_KNOWN = {name: column for column, names in _CALLED.items() for name in names}
#: A cell of a heading is no longer than this.
LONGEST_HEADING = 60


def column_of(cell: str) -> str:
    """Which column a heading names: “BWG Recommendation” is a recommendation, somebody’s own. Nothing where it names none."""
    said = fold(cell).rstrip(":")
    if said in _KNOWN:
        return _KNOWN[said]
    last = said.rpartition(" ")[2]
    # “Progress BWG Recommendation” is two headings in one cell.
    others = [word for word in said.split()[:-1] if word in _KNOWN]
    return "recommendation" if _KNOWN.get(last) == "recommendation" and not others else ""


def perhaps(cell: str) -> str:
    """Which column a heading may have named before it was scanned (“Leau”). Only a question: nothing is read by it."""
    found = get_close_matches(fold(cell), _KNOWN, n=1, cutoff=0.7) if cell.strip() and not column_of(cell) else []
    return _KNOWN[found[0]] if found else ""


def is_heading(cells: Sequence[str], *, first: bool = True) -> bool:
    """Does this row name columns? At least one that is known, in cells that are short. Below headings (not `first`) most of its cells
    name one, or may have: a row in which somebody has written “Leads” once is a row."""
    filled = [cell for cell in cells if cell.strip()]
    known = sum(bool(column_of(cell)) for cell in filled)
    if len(filled) < 2 or not known or any(len(cell) > LONGEST_HEADING for cell in filled):
        return False
    return first or 2 * (known + sum(bool(perhaps(cell)) for cell in filled)) >= len(filled)
