"""“Did it work?” as it is shown: what was published of a programme or a cohort, by moment, with the curve of who stepped up (B58)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cohorts.models.destinations import after
from representation import evidence
from representation.measuring.outcomes import WHOLE, Bounds, Step, Tally, bounds, curve, half_by
from representation.measuring.shares import one_place, rounded
from representation.models import OutcomeRelease, OutcomeStudy
from representation.states import Outcome
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.site.export import Column

STILL_THERE = "Still there"
TOO_FEW = "Too few people to tell"
OF_WHICH = "Of those who stepped up. Of the others nobody was asked, or nobody has confirmed it."
LEFT_OUT = "Left out: no rounded number is safe beside the others"


@dataclass(frozen=True)
class Line:
    """One outcome of one group of people at one moment; without a tally there are too few people, or it was left out."""

    group: str
    moment: str
    what: str
    tally: Tally | None
    bounds: Bounds | None
    why_not: str = TOO_FEW
    is_part: bool = False  # “of which”: it has neither a no nor a silent, and no share

    @property
    def words(self) -> str:
        """“45 to 70%”: from none of the silent to all of them."""
        if self.is_part and self.tally:
            return OF_WHICH
        if self.bounds is None:
            return self.why_not
        least, most = rounded(self.bounds.least), rounded(self.bounds.most)
        return f"{least}%" if least == most else f"{least} to {most}%"

    @property
    def interval(self) -> str:
        return f"{rounded(self.bounds.low)} to {rounded(self.bounds.high)}%" if self.bounds else ""


@dataclass(frozen=True)
class Shown:
    """One group of people: everybody, or a cohort."""

    name: str
    lines: Sequence[Line]
    steps: Sequence[Step]

    @property
    def moments(self) -> list[tuple[str, list[Line]]]:
        by: dict[str, list[Line]] = {}
        for line in self.lines:
            by.setdefault(line.moment, []).append(line)
        return list(by.items())

    @property
    def course(self) -> list[tuple[str, Step]]:
        """The curve as a table: each moment in words."""
        return [(_title(after(one.months)), one) for one in self.steps]

    @property
    def half(self) -> str:
        """By when half of them had stepped up, in words."""
        if not self.steps:
            return ""
        soonest, latest = half_by(self.steps)
        if soonest is None:
            return "Half of them had not stepped up by the last moment."
        if latest is None:
            return (
                f"Half of them may have stepped up {after(soonest)}, or not until after the last moment: those who did not answer, chance and "
                "rounding leave it open."
            )
        if soonest == latest:
            return f"Half of them had stepped up {after(latest)}."
        return f"Half of them had stepped up {after(latest)} at the latest, and may have {after(soonest)}."


def _title(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def group_of(release: OutcomeRelease, group: int, name: str) -> Shown:
    """Everything that was published of the whole programme (0) or of a cohort."""
    found, left_out = release.tallies(), {tuple(one) for one in release.contents["left_out"]}
    lines: list[Line] = []
    counted = {what for _, what, _ in (*found, *((group, what, months) for what, months, group in left_out))}
    for months in release.moments:
        for outcome in Outcome:
            if outcome == Outcome.CONFIRMED and outcome not in counted:
                continue  # it was published before employers could confirm
            one = found.get((group, outcome, months))
            why = LEFT_OUT if (outcome.value, months, group) in left_out else TOO_FEW
            if outcome == Outcome.CONFIRMED:
                lines.append(_part(name, months, one, found.get((group, Outcome.STEPPED, months)), why))
                continue
            lines.append(_line(name, months, outcome.label, one, why))
            if outcome == Outcome.LEFT:
                lines.append(_line(name, months, STILL_THERE, one and one.turned, why))
    stepped = {months: one for (of, what, months), one in found.items() if of == group and what == Outcome.STEPPED}
    return Shown(name, lines, curve(stepped))


def _line(group: str, months: int, what: str, found: Tally | None, why: str) -> Line:
    return Line(group, _title(after(months)), what, found, bounds(found) if found else None, why)


def _part(group: str, months: int, found: Tally | None, stepped: Tally | None, why: str) -> Line:
    """Of those who stepped up, how many the employer has confirmed: never more than are shown to have stepped up, wherever lots fell so.
    That says less than the number that was drawn, and lies as near to the true one."""
    if found and stepped and found.yes > stepped.yes:
        found = Tally(found.people, stepped.yes, 0)
    return Line(group, _title(after(months)), Outcome.CONFIRMED.label, found, None, why, is_part=True)


def results(provider: Organisation) -> list[evidence.Result]:
    """For papers: of each programme that is followed up, what was last published of who stepped up."""
    found = []
    for study in OutcomeStudy.objects.for_steps().filter(programme__provider=provider):
        release = study.releases.first()
        if release is None:
            continue
        of_all = group_of(release, WHOLE, "").lines
        lines = [one for one in of_all if one.what == Outcome.STEPPED.label and one.bounds]
        if lines and (last := lines[-1]).tally:
            parts = [one for one in of_all if one.is_part and one.moment == last.moment and one.tally and one.tally.yes]
            found.append(
                evidence.Result(
                    (
                        f"{study}: {last.moment[:1].lower()}{last.moment[1:]}, {last.words} of {last.tally.people} graduates had been promoted or "
                        f"had a new grade, from none of those who did not answer to all of them (95% interval: {last.interval}; published on "
                        f"{english.day_date(release.made_on)}).",
                        *(
                            f"About {one.tally.yes} of them had it confirmed by their employer; of the others nobody was asked, or nobody has "
                            "confirmed it."
                            for one in parts
                            if one.tally
                        ),
                    )
                )
            )
    return found


COLUMNS = (
    Column("People of", "group"),
    Column("Moment", "moment"),
    Column("What", "what"),
    Column("People", lambda one: one.tally and one.tally.people),
    Column("About so many said yes", lambda one: one.tally and one.tally.yes),
    Column("About so many said no", lambda one: None if one.is_part else one.tally and one.tally.no),
    Column("About so many are silent", lambda one: None if one.is_part else one.tally and one.tally.silent),
    Column("At least, if none of the silent (%)", lambda one: one.bounds and one_place(one.bounds.least)),
    Column("At most, if all of the silent (%)", lambda one: one.bounds and one_place(one.bounds.most)),
    Column("95% interval, at least (%)", lambda one: one.bounds and one_place(one.bounds.low)),
    Column("95% interval, at most (%)", lambda one: one.bounds and one_place(one.bounds.high)),
    Column("Why there is no number", lambda one: "" if one.tally else one.why_not),
)


# -- the curve as a picture ----------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 280, 48, 16, 40


def picture(steps: Sequence[Step]) -> dict[str, Any] | None:
    """Two lines that rise in steps, what lies between them, and the interval at each moment. Nothing without a step."""
    if not steps:
        return None
    last = max(12, steps[-1].months)
    width, height = WIDTH - LEFT - 44, HEIGHT - TOP - BOTTOM

    def x(months: int) -> float:
        return round(LEFT + 8 + (width - 8) * months / last, 1)

    def y(percent: Decimal) -> float:
        return round(TOP + height * (1 - float(percent) / 100), 1)

    lower = _staircase([(x(one.months), y(one.least)) for one in steps])
    upper = _staircase([(x(one.months), y(one.most)) for one in steps])
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - 16,
        "below": HEIGHT - BOTTOM + 22,
        "lower": _points(lower),
        "upper": _points(upper),
        "between": _points([*lower, *reversed(upper)]),
        "marks": [
            {
                "x": x(one.months),
                "least": y(one.least),
                "most": y(one.most),
                "low": y(one.low),
                "high": y(one.high),
                "left": x(one.months) - 5,
                "right": x(one.months) + 5,
            }
            for one in steps
        ],
        "levels": [(value, y(Decimal(value))) for value in range(0, 101, 25)],
        "months": [(one.months, x(one.months)) for one in steps],
    }


def _staircase(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Level until the next moment: between two moments nobody was asked."""
    found: list[tuple[float, float]] = []
    for place, (x, y) in enumerate(corners):
        if place:
            found.append((x, corners[place - 1][1]))
        found.append((x, y))
    return found


def _points(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in corners)


__all__ = ["COLUMNS", "WHOLE", "group_of", "picture", "results"]
