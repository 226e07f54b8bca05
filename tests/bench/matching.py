"""The matching of mentors beside SciPy's solver alone, on the same table, at three sizes."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from steppingup.matching.assignment import Column, assign

#: People, mentors, places of each mentor.
SIZES = ((200, 60, 4), (1_000, 300, 4), (2_000, 300, 7))
#: At the largest size.
MOST_TIMES_BARE, MOST_BYTES = 3.0, 300_000_000
NOT_ALLOWED = 1_000_000
RUNS = 3


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time (the best of three), and bytes at the highest."""

    whole: float
    bare: float
    memory: int

    @property
    def times(self) -> float:
        return self.whole / self.bare


@dataclass(frozen=True)
class Problem:
    """Three of eleven themes sought, four offered, some of thirty places, forty organisations; always the same."""

    columns: list[Column]
    gains: np.ndarray
    allowed: np.ndarray

    @classmethod
    def of(cls, people: int, mentors: int, places: int) -> "Problem":
        chance = np.random.default_rng(people)

        def some(number: int, kinds: int, each: int) -> np.ndarray:
            return (np.argsort(chance.random((number, kinds)), axis=1) < each).astype(np.int64)

        themes = some(people, 11, 3) @ some(mentors, 11, 4).T
        areas = some(people, 30, 1) @ some(mentors, 30, 3).T > 0
        homes = some(people, 40, 1) @ some(mentors, 40, 1).T > 0
        return cls([Column(at, places) for at in range(mentors)], 10 * themes + 4 * areas, ~homes)

    def solve(self) -> list[int | None]:
        return assign(rows=range(len(self.gains)), columns=self.columns, gains=self.gains, allowed=self.allowed)

    def bare(self) -> Callable[[], object]:
        """The solver on a table with a column for each place, made before."""
        at = np.repeat(np.arange(len(self.columns)), [column.places for column in self.columns])
        table = np.where(self.allowed, -self.gains, NOT_ALLOWED).astype(np.float64)[:, at]
        return lambda: linear_sum_assignment(table)


def best_of(what: Callable[[], object]) -> float:
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        what()
        seconds.append(time.process_time() - start)
    return min(seconds)


def cost_of(people: int, mentors: int, places: int) -> Cost:
    problem = Problem.of(people, mentors, places)
    whole, bare = best_of(problem.solve), best_of(problem.bare())
    tracemalloc.start()
    problem.solve()
    _, memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(whole, bare, memory)
