"""How targets stand: the way that was agreed beside published figures, and whether the parts reach the whole (R11, R12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from representation.grids import became, row_on
from representation.measuring import grid
from representation.measuring.aims import Part, Standing, Sum, Way, standing, sum_of
from representation.measuring.counting import Row
from representation.measuring.shares import one_place, rounded
from representation.models import FigureRelease, Target
from representation.series import Point, points_of
from steppingup.formats import english
from steppingup.site.export import Column

STANDING_WORDS = {
    Standing.ON_TRACK: "On track",
    Standing.BEHIND: "Behind",
    Standing.CANNOT_TELL: "Too few to tell",
    Standing.TOO_EARLY: "Too early to tell",
    Standing.NO_FIGURES: "No figures yet",
}


def way_of(target: Target) -> Way:
    steps = [(step.due_on, step.percent) for step in target.in_order if step.due_on > target.begins_on]
    return Way([(target.begins_on, target.begins_at), *steps])


def row_of(target: Target, release: FigureRelease, merged: Mapping[int, int]) -> Row | None:
    """The group that a target is about, in a release; units that were merged into its own count with it."""
    return row_on(release, target.unit_id, target.tier_key, merged, _units(target))


def measured(target: Target, releases: Iterable[FigureRelease], merged: Mapping[int, int]) -> list[Point]:
    """The group on each day of which there are figures, the earliest first."""
    return points_of(releases, target.unit_id, target.tier_key, merged, _units(target))


def _units(target: Target) -> list[int]:
    return [] if target.unit_id is None else [target.unit_id]


@dataclass(frozen=True)
class Mark:
    """A day: what was wanted, what was measured, and what can be said; a step of the target has its words."""

    day: date
    wanted: Decimal | None
    point: Point | None = None
    standing: Standing = Standing.NO_FIGURES
    step: str = ""

    @property
    def what(self) -> str:
        """A step by its words, and figures by their source."""
        return self.step or (self.point.source if self.point else "")

    @property
    def words(self) -> str:
        return STANDING_WORDS[self.standing] if self.point else ""

    @property
    def share(self) -> str:
        """“43.1% (42.0 to 44.2%)”."""
        point = self.point
        if point is None or point.percent is None or point.least is None or point.most is None:
            return "" if point is None else "too few people for a number"
        least, most = rounded(point.least, 1), rounded(point.most, 1)
        return f"{rounded(point.percent, 1)}% ({least} to {most}%)"


@dataclass(frozen=True)
class Trajectory:
    target: Target
    way: Way
    points: Sequence[Point]
    marks: Sequence[Mark]

    @property
    def latest(self) -> Mark | None:
        """The last day since it began of which there are figures."""
        told = [mark for mark in self.marks if mark.point and mark.wanted is not None]
        return told[-1] if told else None

    @property
    def standing(self) -> Standing:
        return self.latest.standing if self.latest else Standing.NO_FIGURES

    @property
    def words(self) -> str:
        return STANDING_WORDS[self.standing]

    @property
    def sentence(self) -> str:
        """“Behind: 43.1% (42.0 to 44.2%) on 31 March 2010, and 44.6% was wanted by then.”"""
        mark = self.latest
        if mark is None or mark.wanted is None:
            return "There are no published figures of these people since the target began, so nothing can be said yet."
        if mark.standing is Standing.NO_FIGURES:
            return f"On {english.day_date(mark.day)} there were too few people for a number."
        said = f"{mark.share} on {english.day_date(mark.day)}, and {rounded(mark.wanted, 1)}% was wanted by then."
        if mark.standing is Standing.CANNOT_TELL:
            return f"{self.words}: {said} The difference may be chance."
        if mark.standing is Standing.TOO_EARLY:
            return f"{self.words}: {self._so_far(mark)}"
        return f"{self.words}: {said}"

    def _so_far(self, mark: Mark) -> str:
        """“The target begins on 1 January 2008 at 44.0%, and it was 43.8% (42.0 to 45.6%) on that day.”"""
        assert mark.wanted is not None
        assert mark.point is not None
        begins, wanted = rounded(self.target.begins_at, 1), rounded(mark.wanted, 1)
        day = english.day_date(self.target.begins_on)
        if mark.day == self.target.begins_on:
            return f"the target begins on {day} at {begins}%, and the share was {mark.share} on that day. No time has passed since."
        said = f"it was {mark.share} on {english.day_date(mark.day)}"
        if mark.point.percent is not None and rounded(mark.point.percent, 1) == begins:
            said += f", which is where the target began on {day}"
        else:
            said += f". The target began on {day} at {begins}%"
        if wanted == begins:
            return f"{said}. Nothing more was wanted by then."
        return f"{said}, and {wanted}% was wanted by then. So small a step cannot be told from chance yet."


def trajectory_of(target: Target, releases: Iterable[FigureRelease], merged: Mapping[int, int]) -> Trajectory:
    """All its days in order: where it begins, its steps, and those of figures."""
    way, points = way_of(target), measured(target, releases, merged)
    ends_at = target.last.percent if target.last else None
    marks = [Mark(target.begins_on, target.begins_at, step="Where it begins")]
    marks += [Mark(step.due_on, step.percent, step=step_words(step.label, step.doubt)) for step in target.in_order]
    for point in points:
        wanted = way.at(point.day)
        stands = standing(point.least, point.most, wanted, target.begins_at, ends_at)
        marks.append(Mark(point.day, wanted, point, stands))
    return Trajectory(target, way, points, sorted(marks, key=lambda mark: (mark.day, mark.point is not None)))


def step_words(label: str, doubt: str) -> str:
    """“Wanted”, with what the source calls it, where that is another year."""
    if not label:
        return "Wanted"
    return f"Wanted (the source calls it “{label}”{', which is another year' if doubt else ''})"


COLUMNS = (
    Column("Day", "day"),
    Column("What it is", lambda mark: mark.step or "Figures"),
    Column("Wanted (%)", lambda mark: None if mark.wanted is None else rounded(mark.wanted, 1)),
    Column("Source", lambda mark: mark.point.source if mark.point else ""),
    Column("People", lambda mark: mark.point.people if mark.point else None),
    Column("Share (%)", lambda mark: one_place(mark.point and mark.point.percent)),
    Column("At least (%)", lambda mark: one_place(mark.point and mark.point.least)),
    Column("At most (%)", lambda mark: one_place(mark.point and mark.point.most)),
    Column("What can be said", "words"),
)


def current_releases(targets: Iterable[Target]) -> dict[int, list[FigureRelease]]:
    """By characteristic, the earliest first: all that no correction has taken the place of."""
    about = {target.characteristic_id for target in targets}
    found: dict[int, list[FigureRelease]] = {}
    rows = FigureRelease.objects.current().filter(characteristic__in=about).order_by("snapshot__taken_on", "pk")
    for one in rows.select_related("snapshot"):
        found.setdefault(one.characteristic_id, []).append(one)
    return found


def latest_releases(targets: Iterable[Target]) -> dict[int, FigureRelease]:
    """The latest of each characteristic."""
    about = {target.characteristic_id for target in targets}
    rows = FigureRelease.objects.current().filter(characteristic__in=about)
    latest = rows.order_by("characteristic_id", "-snapshot__taken_on", "-pk").distinct("characteristic_id")
    return {one.characteristic_id: one for one in latest}


def standings(targets: Iterable[Target]) -> dict[int, Trajectory]:
    """How each stands by the latest figures: for a list, with the same number of queries for many as for one."""
    listed = list(targets)
    latest, merged = latest_releases(listed), became()
    return {
        target.pk: trajectory_of(target, [latest[key]] if (key := target.characteristic_id) in latest else [], merged)
        for target in listed
    }


# -- parts -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartLine:
    """A target that is part of another, or the people who have none."""

    name: str
    target: Target | None
    people: int
    percent: Decimal | None
    wanted: Decimal | None
    words: str


@dataclass(frozen=True)
class Parts:
    lines: Sequence[PartLine]
    found: Sum | None
    wanted: Decimal
    notes: Sequence[str]

    @property
    def sentence(self) -> str:
        """“If each of them reaches its own and everything else stays as it is, everybody comes to 49.6%: 0.6 points or 31 people short.”"""
        if self.found is None:
            return "There are no published figures of these people yet, so it cannot be said whether the parts reach the whole."
        percent, wanted = rounded(self.found.percent, 1), rounded(self.wanted, 1)
        begin = f"If each part reaches its own target and everything else stays as it is, the whole comes to {percent}%"
        if self.found.is_enough:
            return f"{begin}. That is enough for {wanted}%."
        short = rounded(self.wanted - self.found.percent, 1)
        people = english.counted(self.found.missing, "more person is", "more people are")
        return f"{begin}. {wanted}% is wanted, so {people} needed: {short} points."


def parts_of(target: Target, release: FigureRelease | None, merged: Mapping[int, int]) -> Parts | None:
    """The targets that come from this one, and whether they can reach it. Nothing where there are none."""
    parts = sorted(target.parts.all(), key=lambda part: part.where)
    last = target.last
    if not parts or last is None:
        return None
    whole = row_of(target, release, merged) if release else None
    if release is None or whole is None or (share := grid.share_of(whole)) is None:
        lines = [PartLine(part.where, part, 0, None, way_of(part).at(last.due_on), "No figures yet") for part in parts]
        return Parts(lines, None, last.percent, [])
    lines, counted, notes = [], list[Part](), list[str]()
    covered = _below(release, [part.unit_id for part in parts])
    for part in parts:
        row, wanted = row_of(part, release, merged), way_of(part).at(last.due_on)
        own = grid.share_of(row) if row else None
        if own is None or wanted is None or row is None:
            lines.append(PartLine(part.where, part, row.people if row else 0, None, wanted, "No number to reckon with"))
            continue
        words = STANDING_WORDS[trajectory_of(part, [release], merged).standing]
        lines.append(PartLine(part.where, part, own.of, own.percent, wanted, words))
        if part.unit_id in covered:
            notes.append(f"{part.where} lies inside another part, so its people are counted once, with that one.")
            continue
        counted.append(Part(own.of, own.percent, max(wanted, own.percent)))
    rest = share.of - sum(part.people for part in counted)
    if rest > 0:
        number = share.number - sum((part.percent * part.people / 100 for part in counted), Decimal(0))
        percent = min(max(100 * number / rest, Decimal(0)), Decimal(100))
        counted.append(Part(rest, percent, None))
        lines.append(PartLine("Everybody else", None, rest, percent, None, "No target"))
    if late := [part.where for part in parts if part.ends_on and part.ends_on > last.due_on]:
        notes.append(f"{english.listed(late)} ends later than the whole, and is taken as far as it is by then.")
    return Parts(lines, sum_of(counted, last.percent), last.percent, notes)


def _below(release: FigureRelease, units: Sequence[int | None]) -> set[int]:
    """Those units that lie inside another one of these."""
    given = {unit for unit in units if unit is not None}
    inside: dict[int, set[int]] = {pk: set(below) - {pk} for pk, _, _, _, below in release.contents["units"]}
    return {unit for unit in given for other in given if unit != other and unit in inside.get(other, ())}
