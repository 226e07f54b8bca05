"""The ranking of a cohort's applications: pure, so that its rules can be tried on anything."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from applications.rules.scores import Figures


class Candidate(NamedTuple):
    """What the ranking needs to know of an application. `highest` counts the criteria that got the highest score."""

    pk: int
    highest: int
    submitted_at: datetime
    figures: Figures = Figures()

    @property
    def mean(self) -> float | None:
        return self.figures.mean


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
