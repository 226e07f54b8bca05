"""What the people of a cohort said before and after, added up so that nobody can be recognised (docs/adr/0048, after 0022).

Counted is who answered both. Fewer than five of them are no figure. How many there are is known to those who run the cohort, who see
who has answered; everything else is rounded to a multiple of five, up or down by lot: how many moved up, stayed and moved down, and the
sums of which the means are made. The lot follows from a secret, the question and the people, so asking again tells nothing. Together
with what is known anyway, every number must leave three possible values, so that it leaves two to whoever knows one of the answers;
otherwise the lot is drawn anew. Whether it does depends on published numbers alone, so it tells nothing either. One question in two hundred is
left out by lot, and so is one for which no draw would do. A cohort is released once: there is no other figure to take away from it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from steppingup.disclosure.lots import BASE, draw, rounded

FEWEST, POSSIBLE, ATTEMPTS, LEFT_OUT = 5, 3, 40, 200
TOO_FEW = "Withheld: fewer than five people answered this before and after."
BY_LOT = "Left out. One question in two hundred is left out at random, or because its figures would tell too much."


@dataclass(frozen=True)
class Figure:
    """One aim, benefit or barrier as it is released. Means are on the scale, to one decimal place; counts are multiples of five."""

    kind: str
    theme: str
    text: str
    people: int | None = None
    before: str = ""
    after: str = ""
    up: int | None = None
    same: int | None = None
    down: int | None = None
    withheld: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Numbers:
    """What is published of one question: counts, and the sums of the answers before and after."""

    up: int
    same: int
    down: int
    before: int
    after: int


def _true(pairs: Sequence[tuple[int, int]]) -> Numbers:
    return Numbers(
        up=sum(after > before for before, after in pairs),
        same=sum(after == before for before, after in pairs),
        down=sum(after < before for before, after in pairs),
        before=sum(before for before, _ in pairs),
        after=sum(after for _, after in pairs),
    )


def _near(number: int, most: int) -> range:
    """What a number may be that was rounded to this one."""
    return range(max(0, number - BASE + 1), min(most, number + BASE - 1) + 1)


def possible(shown: Numbers, people: int, steps: int) -> Iterator[Numbers]:
    """Every arrangement that could have led to these numbers, of so many people on a scale of so many steps. Of those who moved
    up each began below the top and ended above the bottom, and so on: these bounds leave out nothing that could be and keep nothing
    that could not (the shapes are sums of triangles with sides in three directions)."""
    for up, down in product(_near(shown.up, people), _near(shown.down, people)):
        same = people - up - down
        if same not in _near(shown.same, people):
            continue
        for before in _near(shown.before, people * steps):
            if not people + down <= before <= people * steps - up:
                continue
            for after in _near(shown.after, people * steps):
                if not people + up <= after <= people * steps - down:
                    continue
                if up - (steps - 1) * down <= after - before <= (steps - 1) * up - down:
                    yield Numbers(up, same, down, before, after)


def is_safe(shown: Numbers, people: int, steps: int) -> bool:
    """Does each number leave so many values that it may truly have?"""
    found = list(possible(shown, people, steps))
    return all(len({getattr(one, name) for one in found}) >= POSSIBLE for name in Numbers.__dataclass_fields__)


def figure_of(
    *, about: tuple[str, str, str], key: str, pairs: dict[int, tuple[int, int]], steps: int, secret: str
) -> Figure:
    """One question: `pairs` has the answers before and after of each person who gave both. `about`: kind, theme, words."""
    if len(pairs) < FEWEST:
        return Figure(*about, withheld=TOO_FEW)
    people, true = len(pairs), _true(list(pairs.values()))
    of = ",".join(map(str, sorted(pairs)))
    if draw(secret, "left out", key, of) % LEFT_OUT == 0:
        return Figure(*about, withheld=BY_LOT)
    for attempt in range(ATTEMPTS):
        lots = {name: draw(secret, key, name, of, str(attempt)) for name in Numbers.__dataclass_fields__}
        shown = Numbers(**{name: rounded(getattr(true, name), lot) for name, lot in lots.items()})
        if is_safe(shown, people, steps):
            means = {name: _mean(getattr(shown, name), people, steps) for name in ("before", "after")}
            return Figure(*about, people=people, up=shown.up, same=shown.same, down=shown.down, **means)
    return Figure(*about, withheld=BY_LOT)


def _mean(total: int, people: int, steps: int) -> str:
    """To one decimal place, and on the scale."""
    return f"{min(max(total / people, 1), steps):.1f}"
