"""Whether a target will be reached: the way to it, how far a share is along it, and what appointments would have to be like (R11).

What will be is simulated, always from the same seed, and said as an interval: never as one number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from steppingup.disclosure.audit import REACH

SEED = 20_310_301
RUNS = 2_000
RUNS_EACH = 400  # of each share of appointments that is tried
FURTHEST = 40  # years ahead
YEAR = Decimal("365.25")
TENTH = Decimal("0.1")  # of a point: nobody reads less
LOW, HALF, HIGH = 2.5, 50.0, 97.5
Floats = NDArray[np.float64]


class Standing(StrEnum):
    """How a share stands beside the way to its target."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    CANNOT_TELL = "cannot_tell"
    TOO_EARLY = "too_early"
    NO_FIGURES = "no_figures"


@dataclass(frozen=True)
class Way:
    """The days of a target with their shares in percent, the first of them where it begins; straight between them."""

    marks: Sequence[tuple[date, Decimal]]

    def at(self, day: date) -> Decimal | None:
        """The share that is wanted on a day: nothing before it begins, and the last one after it ends."""
        if not self.marks or day < self.marks[0][0]:
            return None
        for (before, low), (after, high) in zip(self.marks, self.marks[1:], strict=False):
            if day <= after:
                return low + (high - low) * (day - before).days / (after - before).days
        return self.marks[-1][1]


def standing(
    least: Decimal | None,
    most: Decimal | None,
    wanted: Decimal | None,
    begins: Decimal | None = None,
    ends: Decimal | None = None,
) -> Standing:
    """Behind only where chance and rounding cannot be the reason; on track only where they cannot either. Between them it is too early,
    where so little more than at its beginning is wanted yet that both are within reach, and its end is not: with as many people it will
    be told one day. Next to nothing, less than a tenth of a point, is too little for however many people."""
    if least is None or most is None or wanted is None:
        return Standing.NO_FIGURES
    if most < wanted:
        return Standing.BEHIND
    if least >= wanted:
        return Standing.ON_TRACK
    if begins is None or ends is None:
        return Standing.CANNOT_TELL
    has_just_begun = abs(wanted - begins) < TENTH <= abs(ends - begins)
    is_within_reach = least <= begins <= most and not least <= ends <= most
    return Standing.TOO_EARLY if has_just_begun or is_within_reach else Standing.CANNOT_TELL


@dataclass(frozen=True)
class Assumptions:
    """What the years ahead are taken to be like. `people` and `group` are those of whom it is known; the rest is in percent a year:
    of all how many leave, how many more posts there are, and of all who are appointed how many are of the group.

    `seen` are how many appointments that share was seen in: the fewer, the wider what is said. Nothing: it is taken as it stands."""

    people: int
    group: int
    turnover: float
    growth: float
    appointed: float
    seen: int | None = None


@dataclass(frozen=True)
class Ahead:
    """The share after so many years, in percent: in the middle, and where 95 of 100 futures lie."""

    year: int
    middle: float
    least: float
    most: float


@dataclass(frozen=True)
class Between:
    """In the middle, and from where to where 95 of 100 futures lie. None stands for “not at all” (of years: not within forty)."""

    middle: float | None
    least: float | None
    most: float | None


def _begin(given: Assumptions, random: np.random.Generator, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Rounded numbers stand for any within reach of them, and chance begins there."""
    group = random.integers(max(0, given.group - REACH), min(given.people, given.group + REACH) + 1, shape)
    return group.astype(float), (given.people - group).astype(float)


def _pass(
    group: Floats, others: Floats, given: Assumptions, share: Floats, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """A year: each side leaves at the same rate, and as many are appointed as left, and as there are more posts."""
    rate = min(max(given.turnover / 100, 0), 1)
    size = group + others
    left_group, left_others = random.binomial(group.astype(int), rate), random.binomial(others.astype(int), rate)
    stayed = size - left_group - left_others
    wanted = np.round(size * (1 + given.growth / 100))
    appointed = np.maximum(wanted - stayed, 0).astype(int)
    new = random.binomial(appointed, share)
    return group - left_group + new, others - left_others + appointed - new


def _percent(group: Floats, others: Floats) -> Floats:
    return 100 * group / np.maximum(group + others, 1)


def futures(given: Assumptions, years: int) -> Floats:
    """The share in percent after each of so many years, in each of the futures."""
    random = np.random.default_rng(SEED)
    group, others = _begin(given, random, (RUNS,))
    share = _appointed(given, random)
    found = []
    for _ in range(years):
        group, others = _pass(group, others, given, share, random)
        found.append(_percent(group, others))
    return np.array(found)


def _appointed(given: Assumptions, random: np.random.Generator) -> Floats:
    share = min(max(given.appointed / 100, 0), 1)
    if given.seen is None:
        return np.full(RUNS, share)
    return random.beta(share * given.seen + 0.5, (1 - share) * given.seen + 0.5, RUNS)


def years_ahead(found: Floats) -> list[Ahead]:
    """Year by year, from `futures`."""
    low, half, high = np.percentile(found, (LOW, HALF, HIGH), axis=1)
    rows = zip(half.tolist(), low.tolist(), high.tolist(), strict=True)
    return [Ahead(year, *map(_one_place, row)) for year, row in enumerate(rows, 1)]


def _one_place(value: float) -> float:
    return round(value, 1)


def chance(found: Floats, years: int, wanted: Decimal) -> int:
    """In how many of a hundred futures the target is reached after so many years."""
    return round(100 * float(np.mean(found[years - 1] >= float(wanted))))


def reached(found: Floats, wanted: Decimal) -> Between:
    """After how many years the target is reached for the first time."""
    is_there = found >= float(wanted)
    first = np.where(is_there.any(axis=0), is_there.argmax(axis=0) + 1.0, np.inf)
    low, half, high = (_finite(float(value)) for value in np.percentile(first, (LOW, HALF, HIGH), method="nearest"))
    return Between(half, low, high)


def _finite(value: float) -> float | None:
    return None if np.isinf(value) else value


def needed(given: Assumptions, years: int, wanted: Decimal) -> Between:
    """Which share of appointments, in percent, reaches the target after so many years: in half of the futures, in 2.5 and in 97.5 of a
    hundred. None: not even if everybody who is appointed were of the group."""
    random = np.random.default_rng(SEED)
    shape = (101, RUNS_EACH)
    share = np.broadcast_to(np.linspace(0, 1, 101)[:, None], shape)
    group, others = _begin(given, random, shape)
    for _ in range(years):
        group, others = _pass(group, others, given, share, random)
    reach = np.mean(_percent(group, others) >= float(wanted), axis=1)
    return Between(*(_first(reach, quantile / 100) for quantile in (HALF, LOW, HIGH)))


def _first(reach: Floats, quantile: float) -> float | None:
    places = np.nonzero(reach >= quantile)[0]
    return float(places[0]) if len(places) else None


def years_between(first: date, last: date) -> int:
    """Whole years from one day to another, at least one where it lies ahead; nothing is ahead of a day that is over."""
    return max(1, round((last - first).days / YEAR)) if last > first else 0


def share_behind(before: Decimal, after: Decimal, years: Decimal, turnover: float) -> float | None:
    """Of those who were appointed between two days, which share was of the group, in percent: worked out of two shares, were posts left at
    this rate a year. Nothing where next to nobody left, and held between 0 and 100."""
    renewed = 1 - (1 - min(max(turnover / 100, 0), 1)) ** float(years)
    if renewed < 0.01:
        return None
    return min(max(float(before) + float(after - before) / renewed, 0), 100)


@dataclass(frozen=True)
class Part:
    """A group that a target of the whole is divided into: how many people, its share now, and what it is to have; nothing without a target."""

    people: int
    percent: Decimal
    wanted: Decimal | None


@dataclass(frozen=True)
class Sum:
    """What the parts come to, in percent, and how many people the whole would still lack."""

    percent: Decimal
    missing: int

    @property
    def is_enough(self) -> bool:
        return self.missing == 0


def sum_of(parts: Sequence[Part], wanted: Decimal) -> Sum | None:
    """Can the parts reach the whole (R12)? Each reaches its own target and no more, and those without one stay as they are."""
    people = sum(part.people for part in parts)
    if not people:
        return None
    reach = sum((part.people * (part.percent if part.wanted is None else part.wanted) for part in parts), Decimal(0))
    lacking = (wanted * people - reach) / 100
    return Sum(reach / people, max(0, int(lacking.to_integral_value(rounding="ROUND_CEILING"))))
