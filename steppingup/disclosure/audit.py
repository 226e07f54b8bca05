"""What somebody can work out who knows everything that was published: exactly, in whole people.

Whoever attacks knows the rules, every number that was published, who belongs to which group (how many applied, who is on
the shortlist), and one person's answers. They do not know the draws of the rounding. A number n then says that the true one
is from n - 4 to n + 4, and nothing else: for each of these there are draws that give n. So what they can work out are the
whole numbers that fit all of this at once, and nothing more (docs/adr/0022).

`narrowed` finds the cells for which too few numbers fit: of every group that was published, of what two of them differ by
and have in common, and of the smallest parts into which they cut the people. Where numbers enough are found on the way from
one arrangement that fits to others, that is a proof; what is left is settled by an integer programme (HiGHS, of SciPy)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from steppingup.disclosure.lots import BASE

#: How far from a published number the true one may be.
REACH = BASE - 1
#: So many values must stay possible for each cell, to whoever knows the answers of one person.
ENOUGH = 3
#: The answers of one person narrow a cell by one value from either side, so this is asked where nothing is known.
WITHOUT_KNOWING = ENOUGH + 2
STEPS = 4000  # on the way from one arrangement to others

People = frozenset[int]
Cells = frozenset[str]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Shown:
    """One published number: about so many of these people are in one of these cells."""

    people: People
    cells: Cells
    number: int

    @property
    def least(self) -> int:
        return max(0, self.number - REACH)

    @property
    def most(self) -> int:
        return min(len(self.people), self.number + REACH)


@dataclass(frozen=True)
class Watched:
    """Something that must stay open: how many of these people are in one of these cells."""

    people: People
    cells: Cells
    enough: int


class Knowledge:
    """What follows from published numbers about one question. `cells` are all that there are; each person is in one."""

    def __init__(self, shown: Sequence[Shown], cells: Iterable[str]) -> None:
        self.shown = list(shown)
        self.cells = sorted({*cells, *(cell for one in shown for cell in one.cells)})
        #: Each group with all the cells of its table: everybody in it is in one of these.
        self.lines: dict[People, Cells] = {}
        for one in self.shown:
            self.lines[one.people] = self.lines.get(one.people, frozenset()) | one.cells
        self.groups = list(self.lines)
        self.parts = self._cut()
        self.size = len(self.parts) * len(self.cells)

    def _cut(self) -> list[People]:
        """The smallest parts into which the groups cut the people."""
        found: dict[tuple[bool, ...], set[int]] = {}
        for person in frozenset().union(*self.groups):
            found.setdefault(tuple(person in group for group in self.groups), set()).add(person)
        return [frozenset(part) for _, part in sorted(found.items(), reverse=True)]

    def row(self, people: People, cells: Cells) -> Numbers:
        """Which of the unknowns (people of a part in a cell) add up to this."""
        return np.array(
            [part <= people and cell in cells for part in self.parts for cell in self.cells], dtype=np.int64
        )

    @cached_property
    def rules(self) -> tuple[Numbers, Numbers, Numbers]:
        """Rows, with the least and the most that each adds up to: published numbers, then the sizes of the parts."""
        every = frozenset(self.cells)
        whole = [(group, cells) for group, cells in self.lines.items() if cells != every] + [
            (part, every) for part in self.parts
        ]
        rows = [self.row(one.people, one.cells) for one in self.shown] + [self.row(*one) for one in whole]
        sizes = [len(people) for people, _ in whole]
        least = [*(one.least for one in self.shown), *sizes]
        most = [*(one.most for one in self.shown), *sizes]
        return np.array(rows), np.array(least), np.array(most)

    def fits(self, arrangement: Numbers) -> bool:
        rows, least, most = self.rules
        sums = rows @ arrangement
        return bool((arrangement >= 0).all() and (least <= sums).all() and (sums <= most).all())

    def solve(self, goal: Numbers, *more: tuple[Numbers, float, float]) -> Numbers | None:
        """The arrangement that fits and has the smallest sum over `goal`; nothing where none fits."""
        # SciPy takes a third of a second to load, and few processes ever publish figures.
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows, least, most = self.rules
        limits = [LinearConstraint(rows, least, most), *(LinearConstraint(row, low, high) for row, low, high in more)]
        found = milp(goal, integrality=np.ones(self.size), bounds=Bounds(0, np.inf), constraints=limits)
        return None if found.x is None else np.rint(found.x).astype(np.int64)

    def possible(self, row: Numbers, most: int = 1000) -> list[int]:
        """The values that a sum can have, in order: all of them, or the first `most`."""
        low, high = self.solve(row), self.solve(-row)
        if low is None or high is None:
            return []
        least, greatest, found = int(row @ low), int(row @ high), []
        for value in range(least, greatest + 1):
            if value in (least, greatest) or self.solve(row * 0, (row, value, value)) is not None:
                found.append(value)
            if len(found) >= most:
                break
        return found

    def watched(self) -> list[Watched]:
        """The cells of every group, of what two groups differ by and have in common, and of the parts."""
        shapes = list(dict.fromkeys([one.cells for one in self.shown] + [frozenset([cell]) for cell in self.cells]))
        pairs = [part for a, b in combinations(self.groups, 2) for part in (a - b, b - a, a & b) if part]
        sets = dict.fromkeys([*self.groups, *pairs], WITHOUT_KNOWING)
        sets = {**dict.fromkeys(self.parts, ENOUGH), **sets}
        found = (
            Watched(people, cells, min(n, self._open(people, cells) + 1))
            for people, n in sets.items()
            for cells in shapes
        )
        return [one for one in found if one.enough > 1]

    def _open(self, people: People, cells: Cells) -> int:
        """How many of these people may be in one of the cells or not: whoever was never offered such an answer is not."""
        return sum(
            len(part)
            for part in self.parts
            if part <= people and self._offered(part) & cells not in (frozenset(), self._offered(part))
        )

    def _offered(self, part: People) -> Cells:
        return frozenset.intersection(*(cells for group, cells in self.lines.items() if part <= group))


class _Met:
    """The values that each of some sums was seen to have, in arrangements that fit."""

    def __init__(self, known: Knowledge, rows: Numbers, enough: Numbers, start: Numbers) -> None:
        self.known, self.rows, self.enough = known, rows, enough
        self.random = np.random.default_rng(7)
        self.lowest = rows @ start - 31
        self.seen = np.zeros(len(rows), dtype=np.uint64)
        self.walk(start, STEPS)

    def note(self, values: Numbers) -> None:
        at = values - self.lowest
        inside = (at >= 0) & (at < 63)
        self.seen[inside] |= np.uint64(1) << at[inside].astype(np.uint64)

    def lacking(self) -> Numbers:
        """The sums of which not enough values were seen."""
        bits = np.unpackbits(self.seen.view(np.uint8).reshape(len(self.seen), 8), axis=1)
        return np.flatnonzero(bits.sum(axis=1, dtype=np.int64) < self.enough)

    def walk(self, start: Numbers, steps: int) -> None:
        """From one arrangement that fits to others: somebody changes the answer, or two of two parts do, crosswise."""
        known, here = self.known, start.copy()
        rules, least, most = known.rules
        width, parts = len(known.cells), len(known.parts)
        sums, values = rules @ here, self.rows @ here
        self.note(values)
        turns = self.random.integers(0, [parts, width, width, parts, 2], size=(steps, 5))
        for number, (part, a, b, other, both) in enumerate(turns.tolist()):
            if number % 250 == 249 and not len(self.lacking()):
                return
            crosswise = both and part != other
            if a == b or not here[part * width + a] or (crosswise and not here[other * width + b]):
                continue
            places, signs = [part * width + a, part * width + b], [-1, 1]
            if crosswise:
                places, signs = [*places, other * width + b, other * width + a], [*signs, -1, 1]
            after = sums + rules[:, places] @ signs
            if (after < least).any() or (after > most).any():
                continue
            here[places] += signs
            sums, values = after, values + self.rows[:, places] @ signs
            self.note(values)

    def push(self, place: int) -> None:
        """Look for more values of one sum at its ends."""
        for sign in (1, -1):
            end = self.known.solve(sign * self.rows[place])
            if end is not None:
                self.walk(end, STEPS // 8)


def narrowed(known: Knowledge, start: Numbers | None = None, most: int = 1) -> list[Watched]:
    """The watched cells for which too few values are possible, up to `most` of them. `start`, an arrangement that may fit,
    only makes it quicker. Where nothing fits at all (answers were taken back in between) everything counts as narrowed."""
    watched = known.watched()
    if start is None or not known.fits(start):
        start = known.solve(np.zeros(known.size, dtype=np.int64))
        if start is None:
            return watched[:most]
    rows = np.array([known.row(one.people, one.cells) for one in watched])
    enough = np.array([one.enough for one in watched])
    met = _Met(known, rows, enough, start)
    found: list[Watched] = []
    for place in met.lacking():
        if place not in met.lacking():  # on the way to another one
            continue
        met.push(place)
        if place in met.lacking() and len(known.possible(rows[place], int(enough[place]))) < enough[place]:
            found.append(watched[place])
            if len(found) >= most:
                break
    return found
