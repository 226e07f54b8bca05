"""What comes of assessors' scores: the total of a review, and for an application the mean and the spread of its totals.

Each is said once, here: as SQL for lists, filters and the ranking, and as the `Figures` that pages and exports read.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, F, FloatField, Max, Min, Q, Sum, Value
from django.db.models.functions import Cast, NullIf

from applications.states import ReviewStatus


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


def total(scores: Iterable[int]) -> int:
    """What one assessor, or the panel, gave on all criteria together."""
    return sum(scores)


def figures_of(totals: Iterable[int]) -> Figures:
    given = list(totals)
    return Figures(len(given), sum(given) / len(given), min(given), max(given)) if given else Figures()


def in_sql(reviews: str = "") -> dict[str, Any]:
    """The fields of `Figures`, for annotate() or aggregate(). `reviews` leads to the reviews (“reviews__”).

    The mean is divided as a floating-point number: equal fractions give the same one (20/2 and 30/3), and so tie."""
    done, points = Q(**{f"{reviews}status": ReviewStatus.SUBMITTED}), f"{reviews}total"
    given = Count(f"{reviews}pk", filter=done)
    return {
        "given": given,
        "mean": Cast(Sum(points, filter=done), FloatField()) / NullIf(given, Value(0)),
        "lowest": Min(points, filter=done),
        "highest": Max(points, filter=done),
    }


#: Of the columns that in_sql() adds: an order by it needs no further join.
SPREAD = F("highest") - F("lowest")


def differs_much(spread: int, highest_total: int) -> bool:
    """The assessors see it so differently that somebody should look: a quarter of all the points or more."""
    return spread > 0 and spread * 4 >= highest_total
