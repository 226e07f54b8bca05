"""The ranking of a cohort's applications: pure, so that its rules can be tried on anything."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple


class Candidate(NamedTuple):
    """What the ranking needs to know of an application. `mean` is the mean of the submitted totals, or None.

    `spread` is the highest minus the lowest total; `highest` counts the criteria that got the highest score."""

    pk: int
    mean: float | None
    highest: int
    submitted_at: datetime
    spread: int = 0
    reviews_done: int = 0


class Ranked(NamedTuple):
    """A candidate in the order of the ranking.

    `rank` is shared by those with the same mean (1, 2, 2, 4) and None without scores; `position` is the row, from 1."""

    candidate: Candidate
    rank: int | None
    tied: bool
    position: int


def order(candidate: Candidate) -> tuple[bool, float, int, datetime, int]:
    """The order of the rows: the mean, then how many highest scores, then who submitted first. Unscored come last."""
    return (
        candidate.mean is None,
        -(candidate.mean or 0.0),
        -candidate.highest,
        candidate.submitted_at,
        candidate.pk,
    )


def rank(candidates: Iterable[Candidate]) -> list[Ranked]:
    """Everybody in a defined order, whatever order they came in. Those with the same mean are tied and share a rank."""
    ranked: list[Ranked] = []
    for mean, group in groupby(sorted(candidates, key=order), key=lambda one: one.mean):
        members = list(group)
        first = len(ranked) + 1
        tied = mean is not None and len(members) > 1
        ranked += [
            Ranked(one, first if mean is not None else None, tied, first + offset) for offset, one in enumerate(members)
        ]
    return ranked


def differs_much(spread: int, highest_total: int) -> bool:
    """The assessors see it so differently that somebody should look: a quarter of all the points or more."""
    return spread > 0 and spread * 4 >= highest_total
