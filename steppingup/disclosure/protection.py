"""How the numbers of one question are published so that nobody can be recognised (docs/adr/0022).

Every number is rounded to a multiple of five, up or down by lot. The lot is drawn with a secret, from the question, the
heading and the people counted, so that the same people always give the same number. How finely is decided by how many people
there are, which is known anyway, and never by their answers. Before a table is published it is held against everything that
was published before (`audit`); where something could be worked out, the lot is drawn anew. Whether a table passes depends on
the published numbers alone, so passing tells nothing. Now and then a table is left out by lot, so being left out does not
either."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from steppingup.disclosure.audit import Cells, Knowledge, People, Shown, narrowed
from steppingup.disclosure.lots import draw, rounded

NOT_KNOWN = "Not known: no answer, or prefer not to say"
#: A table needs so many people for each of its lines.
FOR_EACH_LINE = 5
#: Two groups that are published are the same people, or differ by so many to either side.
APART = 5
#: One table in so many is left out by lot.
LEFT_OUT = 200
ATTEMPTS = 40

BY_LOT = "Left out. One table in two hundred is left out at random, or because it would tell too much beside earlier figures."


@dataclass(frozen=True)
class Line:
    """One line of a table: a heading, and the cells that are added up under it."""

    label: str
    cells: Cells


@dataclass(frozen=True)
class Table:
    """One question as it is published: lines with their numbers, or a sentence why there are none."""

    lines: tuple[tuple[Line, int], ...] = ()
    withheld: str = ""

    def shown(self, people: People) -> list[Shown]:
        return [Shown(people, line.cells, number) for line, number in self.lines]


def headings_for(number: int, levels: Sequence[Sequence[Line]]) -> Sequence[Line]:
    """The finest of the levels for which there are people enough; nothing where there are too few for the widest."""
    return next((lines for lines in levels if number >= FOR_EACH_LINE * len(lines)), ())


def least_people(levels: Sequence[Sequence[Line]]) -> int:
    """How many people the widest level needs."""
    return FOR_EACH_LINE * len(levels[-1])


def too_few(levels: Sequence[Sequence[Line]]) -> str:
    return f"Withheld: this question needs at least {least_people(levels)} people, whatever they answered."


def near(people: People, before: Sequence[Shown]) -> list[Shown]:
    """What was published of groups that have people in common with these, or with such a group, and so on."""
    near, rest, grew = frozenset(people), list(before), True
    found: list[Shown] = []
    while grew:
        touching = [one for one in rest if one.people & near]
        grew = bool(touching)
        found += touching
        rest = [one for one in rest if not one.people & near]
        near = near.union(*(one.people for one in touching))
    return found


def protect(
    *,
    key: str,
    answers: Mapping[int, str],
    levels: Sequence[Sequence[Line]],
    before: Sequence[Shown],
    secret: str,
) -> Table:
    """The table of one question. `answers` has the cell of each person of the group, those without an answer included;
    `before` is every number that was published about the question, of any group."""
    people = frozenset(answers)
    lines = headings_for(len(people), levels)
    if not lines:
        return Table(withheld=too_few(levels))
    of = ",".join(map(str, sorted(people)))
    if draw(secret, "left out", key, of) % LEFT_OUT == 0:
        return Table(withheld=BY_LOT)
    counts = Counter(answers.values())
    earlier = near(people, before)
    cells = frozenset().union(*(line.cells for level in levels for line in level))
    for attempt in range(ATTEMPTS):
        numbers = [
            rounded(sum(counts[cell] for cell in line.cells), draw(secret, key, line.label, of, str(attempt)))
            for line in lines
        ]
        table = Table(tuple(zip(lines, numbers, strict=True)))
        known = Knowledge([*earlier, *table.shown(people)], cells)
        if not narrowed(known, _as_it_is(known, answers)):
            return table
    return Table(withheld=BY_LOT)


def _as_it_is(known: Knowledge, answers: Mapping[int, str]) -> "np.ndarray[tuple[int], np.dtype[np.int64]] | None":
    """The true arrangement, to begin from, where all people are at hand: it makes the audit quicker and changes nothing."""
    if any(part - answers.keys() for part in known.parts):
        return None
    counts = [Counter(answers[person] for person in part) for part in known.parts]
    return np.array([count[cell] for count in counts for cell in known.cells], dtype=np.int64)
