"""Generated workforces that are published year after year: people come, leave, move and are merged, and whoever attacks knows all of that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from representation.measuring import counting
from representation.measuring.counting import Counted, Errors, Key, Shape
from steppingup.disclosure.audit import Knowledge, Shown
from steppingup.disclosure.protection import NOT_KNOWN, Line
from tests.applications.equality import Sequence

GROUP, OTHERS = "group", "others"
CELLS = (GROUP, OTHERS, NOT_KNOWN)
LEVELS = [tuple(Line(cell, frozenset([cell])) for cell in CELLS)]
WHOLE = 100  # stands for all units


@dataclass
class Published(Sequence):
    """As the attacker has it. A release shows two of the three cells, and everybody is in one of the three."""

    def knowledge(self) -> Knowledge:
        found = super().knowledge()
        found.lines = dict.fromkeys(found.lines, frozenset(CELLS))
        return found


@dataclass
class Workforce:
    """`place` is where everybody is now: a unit and a tier."""

    random: Random
    secret: str
    units: list[int]
    tiers: list[int]
    answers: dict[int, str] = field(default_factory=dict)
    place: dict[int, Key] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    errors: list[Errors] = field(default_factory=list)
    became: dict[int, int] = field(default_factory=dict)
    refused: int = 0

    def hire(self, where: Key, weights: Mapping[str, float]) -> None:
        somebody = len(self.answers)
        self.answers[somebody] = self.random.choices(list(weights), list(weights.values()))[0]
        self.place[somebody] = where

    def pass_a_year(self, turnover: float, weights: Mapping[str, float]) -> None:
        for somebody in list(self.place):
            lot = self.random.random()
            if lot < turnover:
                where = self.place.pop(somebody)
                if self.random.random() < 0.9:
                    self.hire(where, weights)
            elif lot < turnover * 1.25:
                self.place[somebody] = self.random.choice(self.units), self.random.choice(self.tiers)

    def merge(self) -> None:
        """The first two units become one."""
        one, other, *rest = self.units
        new = max(self.units) + 1
        self.units, self.became = [*rest, new], self.became | {one: new, other: new}
        self.place = {
            who: (new, tier) if unit in (one, other) else (unit, tier) for who, (unit, tier) in self.place.items()
        }

    def shape(self) -> Shape:
        each = [(unit, frozenset([unit])) for unit in self.units]
        return Shape([(WHOLE, frozenset(self.units)), *each], self.tiers, frozenset(self.tiers[-2:]))

    def parts(self) -> dict[Key, Counted]:
        found: dict[Key, Counted] = {}
        for somebody, where in self.place.items():
            answer = self.answers[somebody]
            found[where] = found.get(where, counting.NOBODY) + Counted(1, answer == GROUP, answer == NOT_KNOWN)
        return found

    def publish(self, day: str) -> None:
        """As `make_release` does, with units that were merged held against those that became them."""
        shape, parts = self.shape(), self.parts()
        known = counting.together(self.errors)
        handed = [{(self.became[unit], tier): both} for (unit, tier), both in known.items() if unit in self.became]
        try:
            rows = counting.release(shape, parts, counting.together([known, *handed]), day, self.secret)
        except counting.NothingFits:
            self.refused += 1
            return
        self.errors.append(counting.errors(rows, shape, parts))
        groups = shape.groups(parts)
        for row in rows:
            if row.group is not None and row.unknown is not None:
                people = frozenset(who for who, where in self.place.items() if where in groups[row.key])
                self.shown.append(Shown(people, frozenset([GROUP]), row.group))
                self.shown.append(Shown(people, frozenset([NOT_KNOWN]), row.unknown))


def workforce(seed: int) -> Workforce:
    """One to three releases of up to three units and three tiers, in which some cells are small, all alike, or never change."""
    random = Random(seed)
    made = Workforce(
        random, f"secret {seed}", list(range(1, random.randint(1, 3) + 1)), list(range(1, random.randint(1, 3) + 1))
    )
    weights = {GROUP: random.random() ** 2 * 0.6 + 0.001, NOT_KNOWN: random.choice((0, 0.05, 0.3)), OTHERS: 1.0}
    turnover = random.choice((0, 0.02, 0.1, 0.3))
    for unit in made.units:
        for tier in made.tiers:
            for _ in range(random.randint(2, 40)):
                made.hire((unit, tier), weights)
    for year in range(random.randint(1, 3)):
        if year:
            made.pass_a_year(turnover, weights)
            if len(made.units) > 1 and random.random() < 0.3:
                made.merge()
        made.publish(str(year))
    return made


def as_published(made: Workforce) -> Published:
    # The same people are published once: what is said twice of them is the same number.
    return Published(made.answers, LEVELS, list(dict.fromkeys(made.shown)))
