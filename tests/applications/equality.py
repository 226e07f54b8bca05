"""Whoever attacks figures, and the programmes and releases that they are let loose on.

They know the rules, who belongs to which group, every number that was published, and the answers of one person. They try
every arrangement of the answers there is, where there are few people (`every_arrangement`, which shares nothing with the
product's own audit but the meaning of a rounded number), and ask HiGHS where there are many."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, product
from random import Random
from typing import Any

import numpy as np

from steppingup.disclosure.audit import ENOUGH, REACH, Cells, Knowledge, People, Shown
from steppingup.disclosure.protection import APART, NOT_KNOWN, Line, protect

FEWEST = 15
MOST_ARRANGEMENTS = 400_000
RELEASES = 7  # tried in a sequence, and four of what became of people afterwards


@dataclass
class Sequence:
    """One programme's people and answers to one question, and what was published of them, in order."""

    answers: dict[int, str]
    levels: list[tuple[Line, ...]]
    shown: list[Shown] = field(default_factory=list)
    withheld: int = 0
    changed: set[int] = field(default_factory=set)  # who took their answers back

    @property
    def cells(self) -> list[str]:
        return sorted(cell for line in self.levels[0] for cell in line.cells)

    def knowledge(self) -> Knowledge:
        """What follows from everything that was published."""
        return Knowledge(self.shown, self.cells)

    def may_be_published(self, people: frozenset[int]) -> bool:
        """As `refuse_what_tells`: by numbers that are known anyway."""
        before = {one.people for one in self.shown}
        far = all(not n or n >= APART for other in before for n in (len(people - other), len(other - people)))
        return len(people) >= FEWEST and people not in before and far

    def publish(self, people: frozenset[int], secret: str) -> None:
        if not self.may_be_published(people):
            return
        answers = {person: self.answers[person] for person in people}
        table = protect(key="q", answers=answers, levels=self.levels, before=self.shown, secret=secret)
        self.withheld += not table.lines
        self.shown += table.shown(people)


def question(random: Random, most: int) -> list[tuple[Line, ...]]:
    """Some headings, the wider ones that they are added up under, and those who did not answer."""
    cells = [f"h{n}" for n in range(random.randint(2, most))]
    unknown = Line(NOT_KNOWN, frozenset([NOT_KNOWN]))
    fine = (*(Line(cell, frozenset([cell])) for cell in cells), unknown)
    if len(cells) < 3:
        return [fine]
    cut = random.randint(1, len(cells) - 1)
    wide = (Line("wide 1", frozenset(cells[:cut])), Line("wide 2", frozenset(cells[cut:])), unknown)
    return [fine, wide]


def groups_of(random: Random, cohorts: list[list[int]]) -> list[frozenset[int]]:
    """Stages one inside the other, of each cohort and of all, with bursaries across them; sometimes all but a few."""
    stages: list[list[frozenset[int]]] = []
    for people in cohorts:
        here, found = list(people), [frozenset(people)]
        for share in (0.6, 0.7, 0.85, 0.8):
            random.shuffle(here)
            here = here[: int(len(here) * share * random.uniform(0.8, 1.25))]
            found.append(frozenset(here))
        found.append(frozenset(random.sample(people, len(people) // 3)))
        stages.append(found)
    each = [group for found in stages for group in found]
    together = [frozenset().union(*groups) for groups in zip(*stages, strict=True)] if len(cohorts) > 1 else []
    chosen = random.sample(range(len(each + together)), min(RELEASES, len(each + together)))
    before = [(each + together)[place] for place in (chosen if random.random() < 0.3 else sorted(chosen))]
    return before + afterwards(Random(str(chosen)), stages)


def afterwards(random: Random, stages: list[list[frozenset[int]]]) -> list[frozenset[int]]:
    """What became of those who got so far, a cohort or all: who stepped up, by one quarter and by a later one, who was in the pool, and
    who was a voluntary head. They lie across each other, and are published after the rest."""
    reach = random.randrange(5)
    base = sorted(frozenset().union(*(found[reach] for found in stages)))
    sizes = [int(len(base) * random.uniform(*share)) for share in ((0.4, 1), (0.3, 0.9), (0.5, 1))]
    first, pool, heads = (frozenset(random.sample(base, size)) for size in sizes)
    rest = [person for person in base if person not in first]
    later = first | frozenset(random.sample(rest, random.randint(0, len(rest))))
    return random.sample([first, later, pool, heads], 4)


def programme(
    random: Random, *, people: tuple[int, int], cohorts: int, headings: int
) -> tuple[Sequence, list[list[int]]]:
    """Nothing of it is published yet. The answers are spread, or nearly all alike, or all alike."""
    levels = question(random, headings)
    cells = sorted(cell for line in levels[0] for cell in line.cells)
    weights = [random.random() ** random.choice((1, 4, 40)) for _ in cells]
    groups, count = [], 0
    for _ in range(random.randint(1, cohorts)):
        size = random.randint(*people)
        groups.append(list(range(count, count + size)))
        count += size
    return Sequence({person: random.choices(cells, weights)[0] for person in range(count)}, levels), groups


def sequence(seed: int, **size: Any) -> Sequence:
    """A programme with its releases."""
    random = Random(seed)
    made, groups = programme(random, **size)
    for group in groups_of(random, groups):
        made.publish(group, secret=f"secret {seed}")
        if random.random() < 0.1:  # somebody takes their answers back
            made.changed.add(somebody := random.randrange(len(made.answers)))
            made.answers[somebody] = NOT_KNOWN
    return made


def every_arrangement(known: Knowledge) -> np.ndarray | None:
    """Every way in which the people of each part can have answered that fits everything published; None if too many."""
    width, sizes = len(known.cells), [len(part) for part in known.parts]
    if math.prod(math.comb(size + width - 1, width - 1) for size in sizes) > MOST_ARRANGEMENTS:
        return None
    found = np.zeros((1, 0), dtype=np.int16)
    for size in sizes:
        bars = np.array(list(combinations(range(size + width - 1), width - 1)), dtype=np.int16).reshape(-1, width - 1)
        ends = np.full((len(bars), 1), size + width - 1)
        ways = np.diff(np.hstack([np.full((len(bars), 1), -1), bars, ends]), axis=1) - 1
        found = np.hstack([np.repeat(found, len(ways), axis=0), np.tile(ways, (len(found), 1))])
    fits = np.ones(len(found), dtype=bool)
    for one in known.shown:
        sums = found @ known.row(one.people, one.cells)
        fits &= (one.number - REACH <= sums) & (sums <= one.number + REACH)
    return found[fits]


@dataclass
class Attack:
    """What came of an attack: cells that were looked at; those of them that are small (1 to 4, nobody, or everybody); those
    that were narrowed to fewer than three values, and to a single one. `exhaustive`: every arrangement was tried."""

    cells: int = 0
    small: int = 0
    narrowed: int = 0
    certain: int = 0
    exhaustive: int = 0

    def __add__(self, other: "Attack") -> "Attack":
        return Attack(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def groups_looked_at(known: Knowledge) -> list[frozenset[int]]:
    """Every published group, and what any two of them differ by and have in common."""
    pairs = [part for a, b in combinations(known.groups, 2) for part in (a - b, b - a, a & b) if part]
    return list(dict.fromkeys([*known.groups, *pairs]))


class Attacker:
    """Knows one person's answer besides everything that was published."""

    def __init__(self, made: Sequence, random: Random) -> None:
        self.made, self.known = made, made.knowledge()
        counted = frozenset().union(*self.known.groups) - made.changed
        self.friend = random.choice(sorted(counted))
        part = next(part for part in self.known.parts if self.friend in part)
        friends = self.known.row(part, frozenset([made.answers[self.friend]]))
        self.knowing = (friends, 1, np.inf)
        every = every_arrangement(self.known)
        self.is_exhaustive = every is not None
        #: All that fit, or those that were met up to now.
        self.fitting = every[every @ friends >= 1] if every is not None else np.zeros((0, self.known.size), dtype=int)

    def values(self, row: np.ndarray, wanted: int) -> int:
        """How many values fit; counted up to `wanted` where not all arrangements are at hand."""
        if self.is_exhaustive:
            return len(np.unique(self.fitting @ row))
        ends = []
        for sign in (0, 1, -1):
            if sign:
                found = self.known.solve(sign * row, self.knowing)
                if found is None:
                    return 0
                ends.append(int(row @ found))
                self.fitting = np.vstack([self.fitting, found])
            if (met := len(np.unique(self.fitting @ row))) >= wanted:
                return met
        between = [self.known.solve(row * 0, self.knowing, (row, v, v)) for v in range(ends[0] + 1, ends[1])]
        return len(np.unique([*ends, *(int(row @ found) for found in between if found is not None)]))


def attack(made: Sequence, random: Random, looked_at: Iterable[tuple[People, Cells]] = ()) -> Attack:
    """Everything that can be worked out, knowing the answers of one person, drawn by lot; or of these people and cells only."""
    if not made.shown:
        return Attack()
    attacker = Attacker(made, random)
    known, friend = attacker.known, attacker.friend
    answers = [Counter(made.answers[person] for person in part) for part in known.parts]
    truth = np.array([count[cell] for count in answers for cell in known.cells])
    result = Attack(exhaustive=attacker.is_exhaustive)
    shapes = list(dict.fromkeys(one.cells for one in made.shown))
    for people, cells in looked_at or product(groups_looked_at(known), shapes):
        others, row = len(people - {friend}), known.row(people, cells)
        count = int(row @ truth) - (friend in people and made.answers[friend] in cells)
        wanted = min(ENOUGH, others + 1)
        values = attacker.values(row, wanted)
        small, few = count < 5 or count == others, values < wanted
        result += Attack(cells=1, small=small, narrowed=few, certain=few and values == 1)
    return result
