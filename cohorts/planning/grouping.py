"""Which participant is in which peer group: the best mix of employers and sectors, and what could not be had (B11).

The score counts what is not wanted, so less is better: two people in one group who should be kept apart count 1,000, two of one employer
10, two of one sector 1. Sizes differ by one at most, apart from what is locked. The best is looked for exactly (an integer
programme, solved by HiGHS); where that takes too long, how far the best can be away is known and kept. Among equals, the same people
always come out the same (docs/adr/0064). It knows no database."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import Any, NamedTuple

import numpy as np

APART, EMPLOYER, SECTOR = 1000, 10, 1
SECONDS = 20.0
#: The solver calls a whole number whole that is so near to one.
NEAR = 1e-6


@dataclass(frozen=True)
class Member:
    """Somebody to be put into a group: their employer (all organisations of one family are one) and its sector, where they have one, and
    the group in which they are to stay."""

    id: int
    employer: int | None = None
    sector: str = ""
    locked: int | None = None

    @property
    def counts(self) -> tuple[tuple[str, Any], ...]:
        """What is counted against others who have the same."""
        named = (("employer", self.employer), ("sector", self.sector))
        return tuple((what, which) for what, which in named if which)


class Grouped(NamedTuple):
    """Who is in which group (from 0 on), its score, and the score below which no other arrangement can be."""

    places: dict[int, int]
    score: int
    least: int


def score_of(
    members: Iterable[Member], places: Mapping[int, int], apart: Collection[frozenset[int]]
) -> dict[str, list[tuple[int, int]]]:
    """Every pair in one group that counts, by what it counts for: “apart”, “employer”, “sector”."""
    by_group = defaultdict(list)
    for one in sorted(members, key=lambda one: one.id):
        by_group[places[one.id]].append(one)
    found: dict[str, list[tuple[int, int]]] = {"apart": [], "employer": [], "sector": []}
    for here in by_group.values():
        for one, other in combinations(here, 2):
            if frozenset((one.id, other.id)) in apart:
                found["apart"].append((one.id, other.id))
            if one.employer and one.employer == other.employer:
                found["employer"].append((one.id, other.id))
            if one.sector and one.sector == other.sector:
                found["sector"].append((one.id, other.id))
    return found


def points(found: Mapping[str, Sequence[Any]]) -> int:
    return APART * len(found["apart"]) + EMPLOYER * len(found["employer"]) + SECTOR * len(found["sector"])


def sizes(number: int, people: int, locked: Mapping[int, int]) -> list[tuple[int, int]]:
    """For each group the fewest and the most that it may have: within one of each other, unless more are locked in one of them."""
    full: dict[int, int] = {}
    while True:
        open_ones = number - len(full)
        left = people - sum(full.values())
        least, larger = divmod(left, open_ones) if open_ones else (0, 0)
        over = {at: count for at, count in locked.items() if at not in full and count > least}
        if len(over) <= larger and all(count == least + 1 for count in over.values()):
            break
        full |= over
    fair = (least, least + bool(larger))
    return [(full[at], full[at]) if at in full else fair for at in range(number)]


def group(
    members: Collection[Member], number: int, apart: Collection[frozenset[int]] = (), *, seconds: float = SECONDS
) -> Grouped:
    """The best arrangement into so many groups. Raises ValueError for less than one group."""
    if number < 1:
        raise ValueError("At least one group.")
    every = sorted(members, key=lambda one: one.id)
    if not every:
        return Grouped({}, 0, 0)
    ids = {one.id for one in every}
    pairs = sorted(tuple(sorted(pair)) for pair in apart if len(pair) == 2 and pair <= ids)
    places, least = _Problem(every, number, pairs).solve(seconds)
    return Grouped(places, points(score_of(every, places, {frozenset(pair) for pair in pairs})), least)


class _Problem:
    """The integer programme. People who count the same are one kind, of whom so many are in each group: there is nothing to choose
    between them. Whoever is locked or to be kept apart is a kind by themselves."""

    def __init__(self, members: Sequence[Member], number: int, pairs: Sequence[tuple[int, ...]]) -> None:
        self.members, self.number, self.pairs = members, number, pairs
        single = {one for pair in pairs for one in pair}
        kinds: dict[Any, list[Member]] = defaultdict(list)
        for one in members:
            alone = one.id if one.id in single else 0
            kinds[(one.counts, alone, -1 if one.locked is None else one.locked)].append(one)
        self.kinds = list(kinds.values())
        self.at = {one.id: at for at, kind in enumerate(self.kinds) for one in kind}
        together = Counter(key for one in members for key in one.counts)
        # In the order in which they come first, so that the same people give the same programme.
        self.categories = [key for key, count in together.items() if count > 1]
        self.width = len(self.kinds) * number + len(self.categories) * number + len(pairs)
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def here(self, kind: int, at: int) -> int:
        return kind * self.number + at

    def _cost(self, category: int, at: int) -> int:
        return (len(self.kinds) + category) * self.number + at

    def _together(self, pair: int) -> int:
        return (len(self.kinds) + len(self.categories)) * self.number + pair

    def solve(self, seconds: float) -> tuple[dict[int, int], int]:
        """Who is in which group, and the score below which nothing can be."""
        locked = Counter(one.locked for one in self.members if one.locked is not None)
        bounds = sizes(self.number, len(self.members), locked)
        if not locked:  # which group is larger does not matter
            larger = len(self.members) % self.number
            bounds = [(most, most) if at < larger else (least, least) for at, (least, most) in enumerate(bounds)]
        low, high = np.zeros(self.width), np.full(self.width, np.inf)
        whole, weights = np.zeros(self.width), np.zeros(self.width)
        for kind, people in enumerate(self.kinds):
            for at in range(self.number):
                here = self.here(kind, at)
                whole[here], high[here] = 1, len(people)
                if people[0].locked is not None:
                    low[here] = high[here] = len(people) if people[0].locked == at else 0
            self.rows.append(({self.here(kind, at): 1.0 for at in range(self.number)}, len(people), len(people)))
        for at, (least, most) in enumerate(bounds):
            self.rows.append(({self.here(kind, at): 1.0 for kind in range(len(self.kinds))}, least, most))
        for category, key in enumerate(self.categories):
            self._count_pairs(category, key, weights, max(most for _, most in bounds))
        for pair, both_of in enumerate(self.pairs):
            weights[self._together(pair)] = APART
            for at in range(self.number):
                both = {self.here(self.at[one], at): 1.0 for one in both_of}
                self.rows.append(({**both, self._together(pair): -1.0}, -np.inf, 1))
        return self._solve(weights, whole, low, high, seconds)

    def _count_pairs(self, category: int, key: tuple[str, Any], weights: Any, most: int) -> None:
        """n people of one employer are n(n-1)/2 pairs: as a convex function of n the most of its tangents at whole numbers."""
        of_it = [(kind, people) for kind, people in enumerate(self.kinds) if key in people[0].counts]
        count = sum(len(people) for _, people in of_it)
        for at in range(self.number):
            weights[self._cost(category, at)] = EMPLOYER if key[0] == "employer" else SECTOR
            for slope in range(1, max(2, min(count, most))):
                there = {self.here(kind, at): float(slope) for kind, _ in of_it}
                self.rows.append(({**there, self._cost(category, at): -1.0}, -np.inf, slope * (slope + 1) / 2))

    def _solve(self, weights: Any, whole: Any, low: Any, high: Any, seconds: float) -> tuple[dict[int, int], int]:
        # SciPy takes a third of a second to load, and few processes ever need it.
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        entries = [
            (value, row, column) for row, (terms, _, _) in enumerate(self.rows) for column, value in terms.items()
        ]
        values, rows, columns = (np.array(part) for part in zip(*entries, strict=True))
        matrix = csr_array((values, (rows, columns)), shape=(len(self.rows), self.width))
        limits = np.array([(least, most) for _, least, most in self.rows])
        found = milp(
            weights,
            integrality=whole,
            bounds=Bounds(low, high),
            constraints=LinearConstraint(matrix, limits[:, 0], limits[:, 1]),
            options={"time_limit": seconds, "mip_rel_gap": 0},
        )
        if found.x is None:  # too little time for any: as they come
            return self._dealt(), 0
        return self._named(np.rint(found.x).astype(int)), max(0, ceil(float(found.mip_dual_bound or 0) - NEAR))

    def _named(self, solution: Any) -> dict[int, int]:
        """Of each kind the people themselves, in their order."""
        places = {}
        for kind, people in enumerate(self.kinds):
            waiting = iter(people)
            for at in range(self.number):
                for _ in range(solution[self.here(kind, at)]):
                    places[next(waiting).id] = at
        return places

    def _dealt(self) -> dict[int, int]:
        """One after the other into the emptiest group, each employer's people in a row."""
        places = {one.id: one.locked for one in self.members if one.locked is not None}
        count = Counter(places.values())
        for one in sorted(self.members, key=lambda one: (str(one.counts), one.id)):
            if one.id not in places:
                places[one.id] = min(range(self.number), key=lambda at: (count[at], at))
                count[places[one.id]] += 1
        return places
