"""Grids of figures for whoever looks at them: a release beside a comparator and beside the days before, with its words (C2, R9)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from representation.measuring import grid
from representation.measuring.counting import EVERYBODY, SENIOR, Key, Row
from representation.measuring.grid import Break, Cell, Verdict
from representation.measuring.shares import points_in_words, rounded
from representation.models import FigureRelease, PublishedFigure, Unit
from representation.states import Track
from steppingup.formats import english
from steppingup.formats.sameness import fold

#: What shares are compared with, where nothing else is chosen: everybody on the same day, or everybody in the same unit.
WHOLE, UNIT = "whole", "unit"
YEARS = 10  # releases that a series goes back
SENIOR_ONES, ALL_TIERS = "All senior tiers", "All tiers"


@dataclass(frozen=True)
class Comparator:
    """What shares are held against: its words, and the percentage for each group."""

    words: str
    percents: Mapping[Key, Decimal]
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """A cell with its words: the share, and what is said of it."""

    cell: Cell
    share: str
    note: str
    look: str


@dataclass(frozen=True)
class Line:
    """A unit with its cells, in the order of the columns, and where its ladder is broken."""

    unit: int
    name: str
    depth: int
    cells: Sequence[Shown]
    breaks: str


@dataclass(frozen=True)
class Grid:
    release: FigureRelease
    comparator: Comparator
    earlier: FigureRelease | None
    columns: Sequence[tuple[int, str]]
    lines: Sequence[Line]
    notes: Sequence[str]

    @property
    def whole(self) -> Line:
        """The line of everybody."""
        return self.lines[0]


def columns_of(release: FigureRelease) -> list[tuple[int, str]]:
    """All tiers, the senior ones where there are some, then each tier from the lowest up, clinical apart from non-clinical."""
    tiers = release.contents["tiers"]
    used = {tier for _, tier, *_ in release.contents["rows"]}
    named = [(pk, f"{name}, {Track(track).label.lower()}" if track else name) for pk, name, track, *_ in tiers]
    first = [(EVERYBODY, ALL_TIERS), (SENIOR, SENIOR_ONES)]
    return [(pk, name) for pk, name in [*first, *named] if pk in used]


def ladders(release: FigureRelease) -> list[list[int]]:
    """The tiers of each ladder, from the lowest up."""
    found: dict[str, list[int]] = {}
    for pk, _, track, *_ in release.contents["tiers"]:
        found.setdefault(track, []).append(pk)
    return list(found.values())


def became() -> dict[int, int]:
    """The units that were merged, with what they became."""
    rows = Unit.objects.values_list("pk", "became")
    return {pk: other for pk, other in rows if other is not None}


def as_now(rows: Iterable[Row], merged: Mapping[int, int], units: Iterable[int]) -> dict[Key, Row]:
    """The rows of an earlier day under the units of now: what was merged since is added up, as far as all of it is shown."""
    now, found = set(units), dict[Key, list[Row]]()
    for row in rows:
        unit, seen = row.key[0], set[int]()
        while unit not in now and unit in merged and unit not in seen:
            seen.add(unit)
            unit = merged[unit]
        found.setdefault((unit, row.key[1]), []).append(row)
    return {key: _added(key, several) for key, several in found.items()}


def _added(key: Key, rows: Sequence[Row]) -> Row:
    people = sum(row.people for row in rows)
    if any(row.group is None or row.unknown is None for row in rows):
        return Row(key, people)
    return Row(key, people, sum(row.group or 0 for row in rows), sum(row.unknown or 0 for row in rows))


def top_of(release: FigureRelease) -> int:
    """The unit that stands for everybody: `WHOLE` where several stood at the top on that day."""
    return int(release.contents["units"][0][0])


def row_on(
    release: FigureRelease, unit: int | None, tier: int, merged: Mapping[int, int], units: Iterable[int]
) -> Row | None:
    """A group of people on the day of a release. `unit` is one of `units`, those of now, or nothing for everybody: whichever unit stood
    at the top on that day."""
    if unit is None:
        return next((row for row in release.rows if row.key == (top_of(release), tier)), None)
    return as_now(release.rows, merged, units).get((unit, tier))


def shares_then(earlier: FigureRelease, now: FigureRelease, merged: Mapping[int, int]) -> dict[Key, Decimal]:
    """The shares of an earlier day, in percent, under the units of now; those of everybody under whichever stands at the top now."""
    then, top = as_now(earlier.rows, merged, (unit[0] for unit in now.contents["units"])), top_of(now)
    if top_of(earlier) != top:
        then = {key: row for key, row in then.items() if key[0] != top}
        then |= {(top, row.key[1]): row for row in earlier.rows if row.key[0] == top_of(earlier)}
    return {key: share.percent for key, row in then.items() if (share := grid.share_of(row)) is not None}


def comparator_of(
    release: FigureRelease, chosen: str, earlier: Iterable[FigureRelease], figures: Iterable[PublishedFigure]
) -> Comparator:
    """What was chosen, as “figure:3” or “release:7”; everybody on the same day for what is not there."""
    rows = release.rows
    here = grid.percents(rows)
    kind, _, number = chosen.partition(":")
    figure = next((one for one in figures if kind == "figure" and str(one.pk) == number), None)
    if figure is not None and figure.share is not None:
        return Comparator(f"{figure.name}: {figure.said}", dict.fromkeys(here, figure.share), _source(figure))
    if kind == "release" and (other := next((one for one in earlier if str(one.pk) == number), None)):
        then = shares_then(other, release, became())
        return Comparator(f"the same posts on {english.day_date(other.taken_on)}", then)
    if chosen == UNIT:
        own = {key: here[key[0], EVERYBODY] for key in here if (key[0], EVERYBODY) in here}
        return Comparator("everybody in the same unit", {key: own[key] for key in own if key[1] != EVERYBODY})
    top = (top_of(release), EVERYBODY)
    if top not in here:
        return Comparator("nothing: there are too few people", {})
    share = here[top]
    return Comparator(f"everybody on the same day: {percent_words(share)}", {key: share for key in here if key != top})


def _source(figure: PublishedFigure) -> str:
    return f"{figure.source}, {figure.year}"


def build(
    release: FigureRelease, comparator: Comparator, earlier: FigureRelease | None, merged: Mapping[int, int]
) -> Grid:
    """The grid of a release: every unit that has counts, in the order of the tree."""
    units = release.contents["units"]
    then = shares_then(earlier, release, merged) if earlier else {}
    found = grid.cells(release.rows, comparator.percents, then)
    columns = columns_of(release)
    names = dict(columns)
    lines = []
    for pk, name, depth, _, _ in units:
        breaks = [broken for ladder in ladders(release) if (broken := grid.broken(pk, ladder, found))]
        worst = min(breaks, key=lambda one: one.points, default=None)
        lines.append(
            Line(
                pk,
                name,
                depth,
                [shown(found.get((pk, tier))) for tier, _ in columns],
                break_words(worst, names),
            )
        )
    return Grid(release, comparator, earlier, columns, lines, notes_of(release, earlier))


def notes_of(release: FigureRelease, earlier: FigureRelease | None) -> list[str]:
    """What whoever compares has to know."""
    found = []
    if without := release.contents.get("without"):
        found.append(
            f"For {english.counted(without, 'group')} the source gives percentages and does not say of how many, so they have no number here."
        )
    if earlier and (changed := changed_answers(earlier, release)):
        found.append(changed)
    return found


def changed_answers(before: FigureRelease, after: FigureRelease) -> str:
    """A sentence, where people could not give the same answers on both days."""

    def named(one: FigureRelease) -> dict[str, str]:
        return {fold(name): name for names in one.contents["answers"].values() for name in names}

    old, new = named(before), named(after)
    gone, came = [old[key] for key in old if key not in new], [new[key] for key in new if key not in old]
    if not gone and not came:
        return ""
    said = [f"{english.listed(names)} {what}" for names, what in ((gone, "only before"), (came, "only now")) if names]
    return f"The answers were not the same on {english.day_date(before.taken_on)}: {', '.join(said)}. A change may come from that."


def percent_words(value: Decimal, places: int = 0) -> str:
    return f"{rounded(value, places)}%"


def break_words(found: Break | None, names: Mapping[int, str]) -> str:
    if found is None or found.lower not in names or found.upper not in names:
        return ""
    return f"{names[found.lower]} to {names[found.upper]}: {points_in_words(found.points)}"


def shown(cell: Cell | None) -> Shown:
    """A cell with its words."""
    if cell is None:
        return Shown(Cell(0), "", "", "none")
    if cell.percent is None or cell.least is None or cell.most is None:
        people = english.counted(cell.people, "person", "people")
        return Shown(cell, "too few", people, "hidden")
    share = percent_words(cell.percent)
    notes = [] if cell.points is None else [points_in_words(cell.points)]
    if cell.missing and cell.verdict is Verdict.BELOW:
        notes.append(english.counted(cell.missing, "person", "people"))
    if cell.verdict is Verdict.TOO_FEW:
        notes = ["too few to tell"]
    if cell.trend is not None and rounded(cell.trend):
        notes.append(f"{'↑' if cell.trend > 0 else '↓'}\u00a0{abs(int(rounded(cell.trend)))}")
    return Shown(cell, share, ", ".join(notes), cell.verdict.value)


@dataclass(frozen=True)
class FileRow:
    """A cell as a row of a file."""

    unit: str
    tier: str
    cell: Cell
    against: str


def file_rows(made: Grid) -> Iterator[FileRow]:
    """Every cell in which there is somebody."""
    for line in made.lines:
        for (_, tier), one in zip(made.columns, line.cells, strict=True):
            if one.look != "none":
                yield FileRow(line.name, tier, one.cell, made.comparator.words)
