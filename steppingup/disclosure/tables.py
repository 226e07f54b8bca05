"""How a whole table of a workforce is published: cells, rows, columns and totals that overlap, so that nobody can be recognised.

Every number is rounded to a multiple of five, up or down by lot, and all numbers of a table are chosen together: there is one
arrangement of people that gives exactly the numbers that are published. From it any cell can go up or down by four without
another number leaving its range, so beside a whole table of overlapping totals each cell stays as open as if it stood alone.
Whether a table passes depends on the published numbers, never on the true ones (docs/adr/0074)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from steppingup.disclosure.audit import ENOUGH, REACH
from steppingup.disclosure.lots import BASE, draw_many

#: A group of fewer people has no number, whatever they answered.
FEWEST = 15
#: The errors of one group over the years lie within so much: three values stay possible, whoever stayed and whoever left.
SWING = 2 * REACH + 1 - ENOUGH


@dataclass(frozen=True)
class Past:
    """By how much the true number of a group lay above the published one, in the releases before: the least and the most."""

    least: int
    most: int

    def join(self, other: "Past") -> "Past":
        return Past(min(self.least, other.least), max(self.most, other.most))


def join(several: Iterable[Past]) -> Past | None:
    """The errors of before together, as far as one number can still agree with all of them."""
    found: Past | None = None
    for one in several:
        both = found.join(one) if found else one
        found = both if both.most - both.least <= SWING else found
    return found


class NothingFits(Exception):
    """No numbers of these groups are safe together and beside earlier ones."""


#: So often the lot is drawn anew where a line does not fit beside what was drawn for the lines before.
ATTEMPTS = 20


def _choice(total: int, past: Past | None) -> tuple[int, int]:
    """The least and the most that a number can be rounded to, as multiples of five."""
    down = total // BASE
    up = down if total % BASE == 0 else down + 1
    if past is not None:
        low, high = past.most - SWING, past.least + SWING
        fits = [n for n in (down, up) if low <= total - BASE * n <= high]
        if not fits:
            raise NothingFits
        down, up = fits[0], fits[-1]
    return down, up


def publish(
    *,
    sizes: Sequence[int],
    counts: Sequence[int],
    groups: Sequence[Sequence[int]],
    past: Sequence[Past | None],
    key: str,
    secret: str,
) -> tuple[list[int], list[int]]:
    """One number for each group, a multiple of five, and the arrangement that gives them all.

    `sizes` and `counts` are the people of the smallest parts, and how many of them count; `groups` are places in these.
    `sizes` may leave out those who are counted elsewhere, as an earlier arrangement has them. Raises NothingFits."""
    # SciPy takes a third of a second to load, and few processes ever publish figures.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix, hstack, identity

    if not groups:
        return [], list(counts)
    parts, number = len(sizes), len(groups)
    rows = np.repeat(np.arange(number), [len(group) for group in groups])
    of = csr_matrix((np.ones(len(rows)), (rows, np.concatenate([list(group) for group in groups]))), (number, parts))
    totals = (of @ np.array(counts)).astype(int).tolist()
    ends = np.array([_choice(total, before) for total, before in zip(totals, past, strict=True)])
    # Up costs less than nothing where the lot falls so: the nearer the true number is, the oftener.
    cost = draw_many(secret, key, number) - np.array([total % BASE for total in totals]) / BASE
    found = milp(
        np.concatenate([np.zeros(parts), cost]),
        constraints=LinearConstraint(hstack([of, -BASE * identity(number)]).tocsr(), 0, 0),
        integrality=np.ones(parts + number),
        bounds=Bounds(np.concatenate([np.zeros(parts), ends[:, 0]]), np.concatenate([sizes, ends[:, 1]])),
        options={"mip_rel_gap": 0.02},
    )
    if found.x is None:
        raise NothingFits
    numbers = np.rint(found.x[parts:]).astype(int) * BASE
    return numbers.tolist(), np.rint(found.x[:parts]).astype(int).tolist()


def publish_lines(
    *,
    sizes: Sequence[int],
    lines: Sequence[Sequence[int]],
    groups: Sequence[Sequence[int]],
    past: Sequence[Sequence[Past | None]],
    key: str,
    secret: str,
) -> list[list[int]]:
    """The numbers of several lines of the same groups; nobody is counted in two of them. `lines` are counts as in `publish`, `past` the
    errors of each line before. A line leaves room for fewer in the next, so where one does not fit, all lots are drawn anew: the same
    counts always give the same numbers. Raises NothingFits."""
    for attempt in range(ATTEMPTS):
        left, found = list(sizes), list[list[int]]()
        try:
            for place, (counts, before) in enumerate(zip(lines, past, strict=True)):
                about = f"{key}\n{attempt}\n{place}"
                numbers, taken = publish(
                    sizes=left, counts=counts, groups=groups, past=before, key=about, secret=secret
                )
                left = [size - less for size, less in zip(left, taken, strict=True)]
                found.append(numbers)
        except NothingFits:
            if not found:  # whatever the lot: it does not decide what fits, only what is drawn
                raise
            continue
        return found
    raise NothingFits
