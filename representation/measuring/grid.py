"""A release as a grid of units and tiers: shares, gaps to a comparator, how certain they are, and where the ladder breaks (C1, C2, R9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from representation.measuring.counting import Key, Row
from representation.measuring.shares import CONFIDENCE, Share, gap, people_missing, steepest
from steppingup.disclosure.audit import REACH


class Verdict(StrEnum):
    """What can be said of a share beside its comparator."""

    BELOW = "below"
    ABOVE = "above"
    TOO_FEW = "too_few_to_tell"
    HIDDEN = "hidden"
    ALONE = "alone"  # there is nothing to compare it with


@dataclass(frozen=True)
class Cell:
    """A group of people in the grid. Shares are of those whose answer is known, in percent; `least` and `most` hold what chance and
    rounding leave open, with 95%. `points`, `missing` (people) and `trend` (points) are there where they can be worked out."""

    people: int
    number: int = 0
    known: int = 0
    percent: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    points: Decimal | None = None
    missing: int = 0
    trend: Decimal | None = None
    verdict: Verdict = Verdict.HIDDEN


def share_of(row: Row | None) -> Share | None:
    """The share of those whose answer is known, as it is published; nothing where nobody's is, or where there are too few people."""
    if row is None or row.group is None or row.unknown is None:
        return None
    known = max(row.people - row.unknown, row.group)
    return Share(row.group, known) if known else None


def intervals(shares: Sequence[Share]) -> list[tuple[Decimal, Decimal]]:
    """The exact intervals of 95% (Clopper and Pearson), in percent, from the least to the most that each published number may stand for."""
    if not shares:
        return []
    number, of = (np.array([getattr(one, name) for one in shares], dtype=float) for name in ("number", "of"))
    low, high = np.maximum(number - REACH, 0), np.minimum(number + REACH, of)
    tail = (1 - CONFIDENCE) / 2
    least = np.where(low == 0, 0, betaincinv(np.maximum(low, 1), of - low + 1, tail))
    most = np.where(high == of, 1, betaincinv(high + 1, np.maximum(of - high, 1), 1 - tail))
    return list(zip(_percent(least), _percent(most), strict=True))


def _percent(values: NDArray[np.float64]) -> list[Decimal]:
    return [Decimal(str(round(value, 3))) for value in (values * 100).tolist()]


def cells(
    rows: Iterable[Row], comparators: Mapping[Key, Decimal], earlier: Mapping[Key, Decimal] | None = None
) -> dict[Key, Cell]:
    """Every group of a release. `comparators` has, in percent, what each is compared with, `earlier` its share on an earlier day."""
    listed = list(rows)
    shares = {row.key: share for row in listed if (share := share_of(row)) is not None}
    ends = dict(zip(shares, intervals(list(shares.values())), strict=True))
    found = {}
    for row in listed:
        share = shares.get(row.key)
        if share is None:
            found[row.key] = Cell(row.people)
            continue
        (least, most), wanted, before = ends[row.key], comparators.get(row.key), (earlier or {}).get(row.key)
        percent = share.percent
        found[row.key] = Cell(
            row.people,
            share.number,
            share.of,
            percent,
            least,
            most,
            None if wanted is None else gap(percent, wanted),
            0 if wanted is None else people_missing(share, wanted),
            None if before is None else percent - before,
            _verdict(least, most, wanted),
        )
    return found


def _verdict(least: Decimal, most: Decimal, wanted: Decimal | None) -> Verdict:
    if wanted is None:
        return Verdict.ALONE
    if most < wanted:
        return Verdict.BELOW
    return Verdict.ABOVE if least > wanted else Verdict.TOO_FEW


def percents(rows: Iterable[Row]) -> dict[Key, Decimal]:
    return {row.key: share.percent for row in rows if (share := share_of(row)) is not None}


@dataclass(frozen=True)
class Break:
    """The step of a ladder at which the share falls most: from one tier up to the next, by so many points."""

    lower: int
    upper: int
    points: Decimal


def broken(unit: int, tiers: Sequence[int], found: Mapping[Key, Cell]) -> Break | None:
    """Where the ladder of a unit is broken, its tiers from the lowest up; nothing where the share falls nowhere."""
    shown = [tier for tier in tiers if (cell := found.get((unit, tier))) is not None and cell.percent is not None]
    shares = [Share(found[unit, tier].number, found[unit, tier].known) for tier in shown]
    place = steepest(shares)
    if place is None:
        return None
    return Break(shown[place - 1], shown[place], shares[place].percent - shares[place - 1].percent)
