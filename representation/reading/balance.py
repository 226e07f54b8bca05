"""Is it certain whom the counts of a table are of, and do they come to what it says of how many people there are? A share is wrong where
somebody is left out of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from representation.reading.figures import OF, PERCENT, UNIT, Count, Counts, Problem
from steppingup.formats.sameness import fold

#: So far percentages of all answers may be from a hundred, as each of them is rounded.
LEAST, MOST = Decimal("99.5"), Decimal(102)
GROUP = "group"
ALL_OF_THEM = (
    "Each count is of people who are missing at the top, and nobody else is in this file: every share would be 100%. Add how many gave the "
    "other answers, and how many gave none."
)


def ask(found: Counts, headings: Sequence[str], roles: Sequence[str], role: str, several: Mapping[str, str]) -> Counts:
    """The same without what is called as several units, or tiers, are: which one is meant is a question. `several` are sentences by
    folded names."""

    def name(one: Count) -> str:
        return fold(one.unit if role == UNIT else one.tier)

    for one in found.counts:
        if name(one) in several:
            found.problems.append(Problem(one.line, headings[roles.index(role)] or role, several[name(one)]))
    found.problems = list(dict.fromkeys(found.problems))
    found.counts = [one for one in found.counts if name(one) not in several]
    return found


def once(
    found: Counts, headings: Sequence[str], roles: Sequence[str], units: Mapping[str, int], tiers: Mapping[str, int]
) -> Counts:
    """The same without units and tiers that stand there twice under two names, such as their code and what they are called: nobody knows
    which of the numbers is right. `units` and `tiers` are their keys by folded names."""
    first: dict[tuple[object, object, str], Count] = {}
    twice = set()
    for one in found.counts:
        unit, tier = fold(one.unit), fold(one.tier)
        where = (units.get(unit, unit), tiers.get(tier, tier))
        before = first.setdefault((*where, fold(one.answer)), one)
        if before is not one:
            said = f"“{one.unit}”, {one.tier}," if one.tier else f"“{one.unit}”"
            name = f"“{before.unit}”, {before.tier}" if before.tier else f"“{before.unit}”"
            sentence = f"{said} is counted in line {before.line} already, as {name}."
            found.problems.append(Problem(one.line, headings[roles.index(UNIT)] or UNIT, sentence))
            twice |= {(unit, tier), (fold(before.unit), fold(before.tier))}
    found.problems = list(dict.fromkeys(found.problems))
    found.counts = [one for one in found.counts if (fold(one.unit), fold(one.tier)) not in twice]
    return found


def weigh(found: Counts, headings: Sequence[str], roles: Sequence[str], sides: Mapping[str, str]) -> Counts:
    """The same without the units and tiers whose answers do not come to their people, which are listed. `sides` says with whom each answer
    is counted, by its folded name."""
    by_group: dict[tuple[str, str], list[Count]] = {}
    for one in found.counts:
        by_group.setdefault((fold(one.unit), fold(one.tier)), []).append(one)
    left_out = set()
    for where, counts in by_group.items():
        wrong = _wrong(counts, found.people.get(where), sides)
        if wrong:
            line, role, sentence = wrong
            heading = headings[roles.index(role)] if role in roles else ""
            found.problems.append(Problem(line, heading or role, sentence))
            left_out.add(where)
    found.counts = [one for one in found.counts if (fold(one.unit), fold(one.tier)) not in left_out]
    numbers = [one for one in found.counts if one.number is not None]
    if numbers and len(numbers) == len(found.counts) and {sides.get(fold(one.answer)) for one in numbers} == {GROUP}:
        found.notes.append(ALL_OF_THEM)
    return found


def _wrong(
    counts: Sequence[Count], people: tuple[int, int] | None, sides: Mapping[str, str]
) -> tuple[int, str, str] | None:
    """The line, what its column is, and what is wrong."""
    numbers = [one.number for one in counts if one.number is not None]
    if numbers and people and len(numbers) == len(counts) and sum(numbers) != people[0]:
        come = f"The answers come to {sum(numbers):,} people of {people[0]:,}."
        return people[1], OF, f"{come} Say how many gave each answer, and how many gave none."
    percents = [one.percent for one in counts if one.percent is not None]
    if not percents or len(percents) < len(counts):
        return None
    total = sum(percents, Decimal(0))
    if total > MOST:
        return counts[-1].line, PERCENT, f"The percentages come to {total.normalize():f}%."
    if total < LEAST and not any(sides.get(fold(one.answer)) == GROUP for one in counts):
        return counts[-1].line, PERCENT, "It does not say how many are of those who are missing at the top."
    return None
