"""The optimal assignment of people to places, as numbers: rows are people, columns places."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

Table = np.ndarray


def best(points: Sequence[Sequence[int | None]], slots: Sequence[tuple[int, int]]) -> list[int]:
    """The place of each person in turn, as an index of `slots`; an index behind the last of them is nobody's place.

    `points` has a row for each person and a column for each mentor; None where the two may not be paired. A slot is one
    place: how many places of this mentor are used before it, and the mentor's column."""
    table = np.array([[-1 if value is None else value for value in row] for row in points], dtype=np.int64)
    return _first_of_the_best(_costs(table, slots), len(points))


def _costs(points: Table, slots: Sequence[tuple[int, int]]) -> Table:
    """A square table of whole numbers, the lower the better.

    Rows: the people, then one filler for each place. Columns: the places, then one “nobody” for each person."""
    people = len(points)
    # Each of the three aims outweighs all that can be gained by the next.
    load = np.array([slot[0] for slot in slots], dtype=np.int64)
    by_point = people * int(load.max()) + 1
    by_pair = people * max(int(points.max()), 0) * by_point + by_point
    at = np.array([slot[1] for slot in slots])
    worth = points[:, at]
    size = people + len(slots)
    costs = np.zeros((size, size), dtype=np.int64)
    costs[:people, : len(slots)] = np.where(worth < 0, by_pair, load - worth * by_point - by_pair)
    return costs


def _first_of_the_best(costs: Table, rows: int) -> list[int]:
    """The columns of the first `rows` rows in that optimal assignment which comes first in the order of rows and columns."""
    _, column_of = linear_sum_assignment(costs)
    tight = _tight(costs, column_of)
    owner = np.argsort(column_of)
    free = np.ones(len(costs), dtype=bool)
    for row in range(rows):
        wanted = np.flatnonzero(tight[row] & free[owner])
        if wanted[0] != column_of[row]:
            gives_to = _who_can_move(row, tight, column_of, free)
            column = next(c for c in wanted if owner[c] == row or owner[c] in gives_to)
            _rotate(row, int(column), gives_to, column_of, owner)
        free[row] = False
    return [int(column) for column in column_of[:rows]]


def _tight(costs: Table, column_of: Table) -> Table:
    """The cells that some optimal assignment may use: those whose reduced cost is nothing."""
    own = np.take_along_axis(costs, column_of[:, None], axis=1)
    change = costs[:, column_of] - own  # of row i taking the column of row k
    price = np.zeros(len(costs), dtype=np.int64)
    while True:
        lower = np.minimum(price, (price[:, None] + change).min(axis=0))
        if np.array_equal(lower, price):
            break
        price = lower
    tight = np.zeros(costs.shape, dtype=bool)
    tight[:, column_of] = (change + price[:, None] - price[None, :]) == 0
    return tight


def _who_can_move(row: int, tight: Table, column_of: Table, free: Table) -> dict[int, int]:
    """The rows that can give up their column because, by a chain of exchanges, they end in that of `row`.

    Maps each to the row whose column it takes."""
    gives_to: dict[int, int] = {}
    unseen = free.copy()
    unseen[row] = False
    frontier = np.array([row])
    while len(frontier):
        reach = tight[:, column_of[frontier]]
        found = np.flatnonzero(reach.any(axis=1) & unseen)
        takes = frontier[reach[found].argmax(axis=1)]
        gives_to.update(zip(found.tolist(), takes.tolist(), strict=True))
        unseen[found] = False
        frontier = found
    return gives_to


def _rotate(row: int, column: int, gives_to: dict[int, int], column_of: Table, owner: Table) -> None:
    """`row` takes `column`, its owner takes the next one's, and so on until the circle closes."""
    mover = int(owner[column])
    if mover == row:
        return
    moves = {row: column}
    while mover != row:
        moves[mover] = int(column_of[gives_to[mover]])
        mover = gives_to[mover]
    for who, where in moves.items():
        column_of[who], owner[where] = where, who
