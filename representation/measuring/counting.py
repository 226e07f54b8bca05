"""From counts of a workforce to the numbers of a release: which groups of people have a number, and what the numbers are (R9).

Which groups have one follows from how many people they are, which is known anyway, and never from what these answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from steppingup.disclosure.tables import FEWEST, NothingFits, Past, join, publish_lines

#: Stand for a tier where a number is of all tiers, or of the senior ones together.
EVERYBODY, SENIOR = 0, -1
#: A unit and a tier.
Key = tuple[int, int]


@dataclass(frozen=True)
class Counted:
    """How many people there are, how many of them are of the group in question, and of how many nobody knows."""

    people: int
    group: int
    unknown: int

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.people + other.people, self.group + other.group, self.unknown + other.unknown)


NOBODY = Counted(0, 0, 0)


@dataclass(frozen=True)
class Given:
    """A row of a source: a number, or a percentage and of how many. `counts` is with whom the answer is counted."""

    unit: int
    tier: int
    counts: str
    number: int | None
    percent: Decimal | None = None
    of: int | None = None


def counted(rows: Iterable[Given]) -> tuple[dict[Key, Counted], set[Key]]:
    """The people of each unit and tier, and where the source has percentages without saying of how many: those have no number."""
    numbers: dict[Key, dict[str, int]] = {}
    people: dict[Key, int] = {}
    without: set[Key] = set()
    for row in rows:
        key = (row.unit, row.tier)
        number = row.number
        if number is None:
            if row.of is None:
                without.add(key)
                continue
            people[key] = row.of
            part = Decimal(row.of) * (row.percent or 0) / 100
            number = int(part.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        by = numbers.setdefault(key, {})
        by[row.counts] = by.get(row.counts, 0) + number
    found = {}
    for key, by in numbers.items():
        if key in without:
            continue
        total = max(people.get(key, 0), sum(by.values()))
        found[key] = Counted(total, by.get("group", 0), by.get("unknown", 0))
    return found, without


@dataclass(frozen=True)
class Shape:
    """What figures are divided by on a day: each unit with those below it, and the tiers, with the senior ones."""

    units: Sequence[tuple[int, frozenset[int]]]
    tiers: Sequence[int]
    senior: frozenset[int]

    def groups(self, parts: Mapping[Key, Counted]) -> dict[Key, list[Key]]:
        """Every unit with every tier, with the senior ones and with all; and the parts that each is made of. Only where there is somebody."""
        by_unit: dict[int, list[Key]] = {}
        for key in parts:
            by_unit.setdefault(key[0], []).append(key)
        found: dict[Key, list[Key]] = {}
        for unit, below in self.units:
            mine = [key for one in sorted(below) for key in by_unit.get(one, ()) if parts[key].people]
            by_tier: dict[int, list[Key]] = {EVERYBODY: mine, SENIOR: [key for key in mine if key[1] in self.senior]}
            for key in mine:
                if key[1] != EVERYBODY:  # a source without tiers counts everybody as they are
                    by_tier.setdefault(key[1], []).append(key)
            found |= {(unit, tier): by_tier[tier] for tier in (EVERYBODY, SENIOR, *self.tiers) if by_tier.get(tier)}
        return found


def total(parts: Mapping[Key, Counted], keys: Iterable[Key]) -> Counted:
    found = NOBODY
    for key in keys:
        found += parts[key]
    return found


Errors = Mapping[Key, tuple[Past, Past]]


@dataclass(frozen=True)
class Row:
    """A group of people as it is published. `group` and `unknown` are missing where there are too few people."""

    key: Key
    people: int
    group: int | None = None
    unknown: int | None = None


def release(shape: Shape, parts: Mapping[Key, Counted], past: Errors, key: str, secret: str) -> list[Row]:
    """The rows of a release. Groups that are the same people have the same numbers. Raises NothingFits."""
    groups = {one: keys for one, keys in shape.groups(parts).items() if keys}
    people = {one: total(parts, keys).people for one, keys in groups.items()}
    same: dict[frozenset[Key], list[Key]] = {}
    for one, keys in groups.items():
        if people[one] >= FEWEST:
            same.setdefault(frozenset(keys), []).append(one)
    at = {part: place for place, part in enumerate(parts)}
    found = publish_lines(
        sizes=[one.people for one in parts.values()],
        lines=[[one.group for one in parts.values()], [one.unknown for one in parts.values()]],
        groups=[sorted(at[part] for part in keys) for keys in same],
        past=[[join(past[one][line] for one in ones if one in past) for ones in same.values()] for line in (0, 1)],
        key=key,
        secret=secret,
    )
    shown = {one: place for place, ones in enumerate(same.values()) for one in ones}
    return [
        Row(one, people[one], found[0][shown[one]], found[1][shown[one]]) if one in shown else Row(one, people[one])
        for one in groups
    ]


def errors(rows: Iterable[Row], shape: Shape, parts: Mapping[Key, Counted]) -> dict[Key, tuple[Past, Past]]:
    """By how much the true numbers lay above those that were published."""
    groups = shape.groups(parts)
    found = {}
    for row in rows:
        if row.group is not None and row.unknown is not None and row.key in groups:
            true = total(parts, groups[row.key])
            apart = (true.group - row.group, true.unknown - row.unknown)
            found[row.key] = (Past(apart[0], apart[0]), Past(apart[1], apart[1]))
    return found


def together(several: Iterable[Errors]) -> dict[Key, tuple[Past, Past]]:
    """The errors of several releases, by group."""
    found: dict[Key, tuple[Past, Past]] = {}
    for one in several:
        for key, (group, unknown) in one.items():
            known = found.get(key)
            if known is None:
                found[key] = (group, unknown)
                continue
            joined = (join([known[0], group]), join([known[1], unknown]))
            found[key] = (joined[0] or known[0], joined[1] or known[1])
    return found


__all__ = ["NothingFits", "release"]
