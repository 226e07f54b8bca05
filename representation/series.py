"""A group of people over the years, and the pictures of figures: points of a line with its intervals, and a grid of colours with words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from representation.grids import Line, columns_of, notes_of, row_on, top_of
from representation.measuring import grid
from representation.measuring.shares import rounded
from representation.models import FigureRelease
from steppingup.site.export import Column


@dataclass(frozen=True)
class Point:
    """One day of a series. Without a share there were too few people."""

    day: date
    source: str
    people: int
    number: int | None = None
    known: int | None = None
    percent: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True)
class Series:
    name: str
    tier: str
    points: Sequence[Point]
    notes: Sequence[str]


COLUMNS = (
    Column("Figures of", "day"),
    Column("Source", "source"),
    Column("People", "people"),
    Column("About so many", "number"),
    Column("Of whom the answer is known", "known"),
    Column("Share (%)", lambda one: None if one.percent is None else rounded(one.percent, 1)),
    Column("At least (%)", lambda one: None if one.least is None else rounded(one.least, 1)),
    Column("At most (%)", lambda one: None if one.most is None else rounded(one.most, 1)),
)


def releases_with(release: FigureRelease) -> list[FigureRelease]:
    """All current ones of its characteristic, the earliest first, and itself where it was corrected."""
    rows = FigureRelease.objects.current().filter(characteristic=release.characteristic_id).select_related("snapshot")
    found = {one.pk: one for one in rows} | {release.pk: release}
    return sorted(found.values(), key=lambda one: (one.taken_on, one.pk))


def points_of(
    releases: Iterable[FigureRelease], unit: int | None, tier: int, merged: Mapping[int, int], units: Iterable[int]
) -> list[Point]:
    """A unit, or everybody, and a tier on each day of which there are figures: as in `grids.row_on`."""
    now, found = list(units), []
    for one in releases:
        row = row_on(one, unit, tier, merged, now)
        if row is None:
            continue
        share = grid.share_of(row)
        about = (one.taken_on, one.contents["source"], row.people)
        if share is None:
            found.append(Point(*about))
            continue
        ((least, most),) = grid.intervals([share])
        found.append(Point(*about, share.number, share.of, share.percent, least, most))
    return found


def of_group(release: FigureRelease, unit: str, tier: str, merged: Mapping[int, int]) -> Series | None:
    """Nothing for a unit or a tier that is not in the release. Both are as in an address: numbers, −1 for the senior tiers."""
    units = {str(pk): name for pk, name, *_ in release.contents["units"]}
    tiers = {str(pk): name for pk, name in columns_of(release)}
    if unit not in units or tier not in tiers:
        return None
    several = releases_with(release)
    notes = dict.fromkeys(
        note for before, after in zip(several, several[1:], strict=False) for note in notes_of(after, before)
    )
    places = [pk for pk, *_ in release.contents["units"]]
    whom = None if int(unit) == top_of(release) else int(unit)
    return Series(units[unit], tiers[tier], points_of(several, whom, int(tier), merged, places), list(notes))


# -- pictures ----------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 280, 64, 36, 16, 44
LABEL = 64  # that a year takes


def scale(points: Iterable[Point], *more: Decimal) -> int:
    """The top of the picture: the next ten above everything in it."""
    values = [one.most for one in points if one.most is not None] + list(more)
    return min(100, 10 * (int(max(values, default=Decimal(0))) // 10 + 1))


def line_picture(points: Sequence[Point], more: Sequence[tuple[date, Decimal]] = ()) -> dict[str, Any] | None:
    """Where the marks of a series stand, with their intervals; `more` is a second line, such as a trajectory. Nothing without a point."""
    known = [one for one in points if one.percent is not None and one.least is not None and one.most is not None]
    if not known:
        return None
    days = [one.day for one in known] + [day for day, _ in more]
    first, last = min(days), max(days)
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    top = scale(known, *(value for _, value in more))

    def x(day: date) -> float:
        return round(LEFT + width * ((day - first).days / max(1, (last - first).days) if last > first else 0.5), 1)

    def y(value: Decimal) -> float:
        return round(TOP + height * (1 - float(value) / top), 1)

    marks = [
        {
            "x": x(one.day),
            "y": y(one.percent),
            "low": y(one.least),
            "high": y(one.most),
            "left": x(one.day) - 5,
            "right": x(one.day) + 5,
        }
        for one in known
        if one.percent is not None and one.least is not None and one.most is not None
    ]
    years = _apart(
        [(year, x(day)) for year, day in sorted({day.year: day for day in sorted(days, reverse=True)}.items())]
    )
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "bottom": HEIGHT - BOTTOM,
        "below": HEIGHT - BOTTOM + 30,
        "marks": marks,
        "line": " ".join(f"{mark['x']},{mark['y']}" for mark in marks),
        "aims": [{"x": x(day), "y": y(value), "box": x(day) - 5, "boxed": y(value) - 5} for day, value in more],
        "aim": " ".join(f"{x(day)},{y(value)}" for day, value in more),
        "levels": [(value, y(Decimal(value))) for value in range(0, top + 1, max(5, top // 4 // 5 * 5 or 5))],
        "years": years,
    }


def _apart(years: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Those that can be read beside one another, on a telephone too."""
    found: list[tuple[int, float]] = []
    for year, place in years:
        if not found or place - found[-1][1] >= LABEL:
            found.append((year, place))
    return found


ROW, COLUMN, NAMES, HEAD = 34, 120, 216, 44


def heat(columns: Sequence[tuple[int, str]], lines: Sequence[Line]) -> dict[str, Any]:
    """Where the boxes of a grid stand, with their words: no colour without a sign."""
    return {
        "width": NAMES + COLUMN * len(columns),
        "height": HEAD + ROW * len(lines),
        "heads": [(NAMES + COLUMN * at + 6, name) for at, (_, name) in enumerate(columns)],
        "rows": [
            {
                "y": HEAD + ROW * at,
                "text": HEAD + ROW * at + 21,
                "name": line.name,
                "indent": 4 + 10 * line.depth,
                "boxes": [
                    {"x": NAMES + COLUMN * place, "words": NAMES + COLUMN * place + 8, "cell": one}
                    for place, one in enumerate(line.cells)
                    if one.look != "none"
                ],
            }
            for at, line in enumerate(lines)
        ],
        "box": (COLUMN - 4, ROW - 4),
    }
