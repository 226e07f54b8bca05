"""The best assignment of rows to the places of columns.

“Best” means, each aim outweighing all that follow:

1. only what is allowed: a row has one column or none, and a column no more rows than it has places;
2. as many rows as possible have a column;
3. the sum of the gains is as high as it can be;
4. the load is spread: a column's next place is used only where an emptier column would not do as well.

Among assignments that are equal in all this, the same keys and gains always lead to the same one, in whatever order
they are given: rows and columns are brought into the order of their keys before the table is solved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: The solver adds doubles; whole numbers up to here, and so their sums, are exact.
LARGEST_EXACT = 2**53
#: How many of the largest cost the solver adds at most, for each pair: the ends of an alternating path, with their prices.
TERMS = 8


class TooLarge(ValueError):
    """The gains differ so much that their sums would be rounded, and the result might not be the best."""


@dataclass(frozen=True)
class Column:
    """`places` can still be taken, besides `used` that are taken already. Keys are sorted and differ from each other."""

    key: Any
    places: int
    used: int = 0


def assign(
    *, rows: Sequence[Any], columns: Sequence[Column], gains: NDArray[np.int64], allowed: NDArray[np.bool_]
) -> list[int | None]:
    """For each row (named by its key) the index of its column, or None.

    `gains` and `allowed` have a row for each of `rows` and a column for each of `columns`. Raises TooLarge."""
    found: list[int | None] = [None] * len(rows)
    by_row, by_column = _order(rows), _order([column.key for column in columns])
    at, load = _places([columns[index] for index in by_column], most=len(rows))
    allowed = allowed[np.ix_(by_row, by_column)]
    if not allowed[:, at].any():
        return found
    costs = _costs(gains[np.ix_(by_row, by_column)], allowed, at, load)
    # The solver takes the rows one after the other; twice as fast when those that are content with few places come first.
    fussy = np.argsort(np.count_nonzero(costs == costs.min(axis=1, keepdims=True), axis=1), kind="stable")
    # SciPy takes a third of a second to load, and few processes ever match anything.
    from scipy.optimize import linear_sum_assignment

    rows_taken, places_taken = linear_sum_assignment(costs[fussy])
    for row, column in zip(fussy[rows_taken].tolist(), at[places_taken].tolist(), strict=True):
        # What is not allowed costs as much as leaving the row out, and is left out.
        if allowed[row, column]:
            found[by_row[row]] = by_column[column]
    return found


def _order(keys: Sequence[Any]) -> list[int]:
    if len(set(keys)) != len(keys):
        raise ValueError("Two keys are the same, so that their order would not be known.")
    return sorted(range(len(keys)), key=keys.__getitem__)


def _places(columns: Sequence[Column], most: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """The column of each place, and how many are used before it; the emptiest first. More places than rows are of no use."""
    places = [
        (column.used + number, at) for at, column in enumerate(columns) for number in range(min(column.places, most))
    ]
    places.sort()
    return np.array([at for _, at in places], dtype=np.intp), np.array([load for load, _ in places], dtype=np.int64)


def _costs(
    gains: NDArray[np.int64], allowed: NDArray[np.bool_], at: NDArray[np.intp], load: NDArray[np.int64]
) -> NDArray[np.float64]:
    """A row for each row and a column for each place, the lower the better. What is not allowed costs nothing: it is never
    better than leaving the row out, as everything that is allowed costs less than nothing."""
    pairs = min(len(gains), len(at))
    gain = np.where(allowed, gains - gains[allowed].min(), 0)
    load = load - load.min()
    by_gain = pairs * int(load.max()) + 1
    by_pair = (pairs * int(gain.max()) + 1) * by_gain
    if TERMS * (pairs + 1) * (by_pair + int(gain.max()) * by_gain) > LARGEST_EXACT:
        raise TooLarge("The gains differ too much to be added exactly. Give smaller ones.")
    costs = np.where(allowed, -(by_pair + gain * by_gain), 0).astype(np.float64)[:, at]
    return np.add(costs, load, out=costs, where=allowed[:, at])
