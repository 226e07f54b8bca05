"""Do the counts of a table come to what it says of how many people there are? A share is wrong where somebody is left out of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from representation.reading.figures import OF, PERCENT, Count, Counts, Problem
from steppingup.formats.sameness import fold

#: So far percentages of all answers may be from a hundred, as each of them is rounded.
LEAST, MOST = Decimal("99.5"), Decimal(102)
GROUP = "group"
ALL_OF_THEM = (
    "Each count is of people who are missing at the top, and nobody else is in this file: every share would be 100%. Add how many gave the "
    "other answers, and how many gave none."
)


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
