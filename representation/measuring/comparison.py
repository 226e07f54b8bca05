"""Was it the programme? Those just above a line against those just below it, and how many of them it takes to tell (issue 10, section 5).

Who was chosen by a score stands on one side of a line, who was not on the other. Far from it they differ in much; at it, in little but the
place. A straight line through each side says how many stepped up just there, and the step between the two is the difference."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from representation.measuring.shares import CONFIDENCE
from steppingup.disclosure.tables import FEWEST

POWER = 0.80
DIFFERENCE = 20  # points that a programme should be able to find
EVEN = 4.0  # how many times as many people a straight line to the edge takes, where scores lie evenly: what a plan reckons with
ANY_SHARE = 0.25  # the variance of a yes or no at one half, the largest that there is: nobody looks at answers to say how many it takes

Array = NDArray[np.float64]


class Telling(StrEnum):
    TOO_FEW = "too_few"
    HIGHER = "higher"
    NEITHER = "no_difference"
    LOWER = "lower"


WORDS = {
    Telling.TOO_FEW: "There are too few people to tell.",
    Telling.HIGHER: "More people stepped up just above the line than just below it.",
    Telling.NEITHER: "There is no difference that can be told from chance.",
    Telling.LOWER: "Fewer people stepped up just above the line than just below it.",
}


@dataclass(frozen=True)
class Person:
    """`points` is the score less that of the line. Where several have the line’s own score and something else decided, they stand on both
    sides of it with 0. `outcome` is whether they stepped up; None where they did not answer, which is not a no."""

    points: float
    is_above: bool
    outcome: bool | None


@dataclass(frozen=True)
class Comparison:
    """What can be told. Differences are in points of a hundred, from −100 to 100; None where a side has too few answers to show any.
    `low` and `high` are the interval of 95 % of those who answered; `least` and `most` what the estimate would be whatever the silent
    had said. `above` and `below` are how many answered; `needed` how many would have to, on each side."""

    above: int
    below: int
    silent_above: int
    silent_below: int
    needed: int
    telling: Telling
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def is_too_few(self) -> bool:
        return self.telling == Telling.TOO_FEW

    @property
    def words(self) -> str:
        return WORDS[self.telling]

    @property
    def would_hold(self) -> bool:
        """Would the estimate stay on its side of nothing, whatever those who did not answer had said?"""
        return self.least is not None and self.most is not None and (self.least > 0 or self.most < 0)


@dataclass(frozen=True)
class _Side:
    """One side's line to the edge. The estimate there is `weights` times the answers."""

    weights: Array
    hats: Array  # how much each answer draws the line to itself
    design: Array

    @property
    def effect(self) -> float:
        """How many times as many people it takes as for a plain share."""
        return float(len(self.weights) * np.sum(self.weights**2))


def _side(points: Array) -> _Side | None:
    """None where there is no line to draw: fewer than three people, or all with one score."""
    if len(points) < 3 or len(np.unique(points)) < 2:
        return None
    design = np.column_stack([np.ones_like(points), points])
    solved = np.linalg.pinv(design)
    return _Side(solved[0], np.einsum("ij,ji->i", design, solved), design)


def needed(difference: float = DIFFERENCE, *, effects: tuple[float, float] = (EVEN, EVEN)) -> int:
    """How many people have to answer on each side for a difference of so many points to be found with 80% power at 95% confidence,
    whatever share steps up. `effects` is what the line on each side costs (`_Side.effect`). Raises ValueError for none, or above 100."""
    if not 0 < difference <= 100:
        raise ValueError(f"{difference} points is no difference.")
    reach = float(ndtri((1 + CONFIDENCE) / 2) + ndtri(POWER))
    return math.ceil(reach**2 * ANY_SHARE * sum(effects) / (difference / 100) ** 2)


def compare(people: Sequence[Person], *, within: float, difference: float = DIFFERENCE) -> Comparison:
    """Compare those within so many points of the line. Who did not answer is left out of the estimate, and what they might have said is in
    its bounds. Raises ValueError without a width, or for somebody on the wrong side of the line."""
    if within <= 0:
        raise ValueError("There is nobody within no points of the line.")
    if any((one.points < 0) if one.is_above else (one.points > 0) for one in people):
        raise ValueError("Somebody stands on the wrong side of the line.")
    near = [one for one in people if abs(one.points) <= within]
    sides = [[one for one in near if one.is_above is is_above] for is_above in (True, False)]
    answered = [[one for one in side if one.outcome is not None] for side in sides]
    drawn = [_side(_points(side)) for side in answered]
    effects = [max(EVEN, found.effect) if found is not None else EVEN for found in drawn]
    wanted = needed(difference, effects=(effects[0], effects[1]))
    (above, below) = (len(side) for side in answered)
    (silent_above, silent_below) = (len(side) - len(told) for side, told in zip(sides, answered, strict=True))
    plain = Comparison(above, below, silent_above, silent_below, wanted, Telling.TOO_FEW)
    if min(above, below) < FEWEST or drawn[0] is None or drawn[1] is None:
        return plain
    edges = [_edge(line, side) for line, side in zip(drawn, answered, strict=True) if line is not None]
    estimate = edges[0][0] - edges[1][0]
    error = math.sqrt(edges[0][1] + edges[1][1])
    reach = float(stdtrit(above + below - 4, (1 + CONFIDENCE) / 2)) * error
    (least_above, most_above), (least_below, most_below) = (_bounds(side) for side in sides)
    low, high = estimate - reach, estimate + reach
    if min(above, below) < wanted:
        telling = Telling.TOO_FEW
    else:
        telling = Telling.HIGHER if low > 0 else Telling.LOWER if high < 0 else Telling.NEITHER
    found = (estimate, low, high, least_above - most_below, most_above - least_below)
    return Comparison(above, below, silent_above, silent_below, wanted, telling, *(_in_points(one) for one in found))


def _points(side: Sequence[Person]) -> Array:
    return np.array([one.points for one in side], dtype=np.float64)


def _edge(line: _Side, side: Sequence[Person]) -> tuple[float, float]:
    """The share at the line, and its variance: robust (HC3), since that of a yes or no changes with the share. Where all answered alike
    the line has no error to measure, and two of each answer are added to see what it may be."""
    said = np.array([float(one.outcome or 0) for one in side])
    number = len(said)
    if said.min() == said.max():
        share = (said.sum() + 2) / (number + 4)
        return float(said[0]), share * (1 - share) * line.effect / number
    residuals = said - line.design @ (np.linalg.pinv(line.design) @ said)
    return float(line.weights @ said), float(np.sum((line.weights * residuals / np.maximum(1 - line.hats, 1e-6)) ** 2))


def _bounds(side: Sequence[Person]) -> tuple[float, float]:
    """The least and the most that the share at the line could be, whatever the silent had said. A line can be drawn down by a yes far
    from the edge, so that each of them counts to the end that their weight pulls."""
    line = _side(_points(side))
    if line is None:
        return 0.0, 1.0
    least, most = (
        sum(
            weight * (one.outcome if one.outcome is not None else float((weight > 0) == is_most))
            for weight, one in zip(line.weights, side, strict=True)
        )
        for is_most in (False, True)
    )
    return float(least), float(most)


def _in_points(share: float) -> float:
    return 100 * max(-1.0, min(1.0, share))
