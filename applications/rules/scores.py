"""What comes of assessors' scores: the total of a review, and for an application the mean and the spread of its totals.

The database adds up the submitted totals of an application (the trigger of `Review`), and keeps them in its row: lists, filters,
the ranking, pages and exports read `Figures` from there."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F


class Figures(NamedTuple):
    """What the submitted totals of one application come to. `mean`, `lowest` and `highest` are None without any."""

    given: int = 0
    mean: float | None = None
    lowest: int | None = None
    highest: int | None = None

    @property
    def spread(self) -> int:
        """How far the assessors are apart: the highest total minus the lowest."""
        return (self.highest or 0) - (self.lowest or 0)


#: The columns of `Figures`, in its order, and the spread of a row of them.
FIGURES = ("reviews_given", "mean_total", "lowest_total", "highest_total")
SPREAD = F("highest_total") - F("lowest_total")


def total(scores: Iterable[int]) -> int:
    """What one assessor, or the panel, gave on all criteria together."""
    return sum(scores)


def differs_much(spread: int, highest_total: int) -> bool:
    """The assessors see it so differently that somebody should look: a quarter of all the points or more."""
    return spread > 0 and spread * 4 >= highest_total
