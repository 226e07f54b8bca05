"""The assignment of rows to columns: never what is not allowed, as good as it can be, and always the same."""

from itertools import product

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from steppingup.matching.assignment import Column, TooLarge, assign

SMALL = st.integers(-3, 9)
#: Sums of these are exact in a double, and differ in their last digits.
LARGE = st.integers(10**10, 10**10 + 3)


@st.composite
def tables(draw, gains=SMALL, most=4):
    """Rows, columns, gains and what is allowed."""
    rows = draw(st.lists(st.integers(1, 99), max_size=most, unique=True))
    columns = draw(
        st.lists(
            st.builds(Column, st.integers(1, 99), st.integers(0, 3), st.integers(0, 2)),
            max_size=most,
            unique_by=lambda column: column.key,
        )
    )

    def table(values, kind):
        cells = [[draw(values) for _ in columns] for _ in rows]
        return np.array(cells, dtype=kind).reshape(len(rows), len(columns))

    return rows, columns, table(gains, np.int64), table(st.booleans(), bool)


def solved(problem):
    rows, columns, gains, allowed = problem
    return assign(rows=rows, columns=columns, gains=gains, allowed=allowed)


def value(problem, choice):
    """The aims of a choice, in their order, the lower the better; None for one that is not allowed."""
    rows, columns, gains, allowed = problem
    pairs = [(row, at) for row, at in enumerate(choice) if at is not None]
    if not all(allowed[pair] for pair in pairs):
        return None
    if any(choice.count(at) > column.places for at, column in enumerate(columns)):
        return None
    load = sum(column.used + n for at, column in enumerate(columns) for n in range(choice.count(at)))
    return -len(pairs), -sum(int(gains[pair]) for pair in pairs), load


def best_of_all(problem):
    rows, columns, *_ = problem
    values = (value(problem, choice) for choice in product([None, *range(len(columns))], repeat=len(rows)))
    return min(found for found in values if found is not None)


@settings(max_examples=250)
@given(tables())
def test_it_is_as_good_as_the_best_that_trying_everything_finds(problem):
    assert value(problem, solved(problem)) == best_of_all(problem)


@given(tables(gains=LARGE))
def test_sums_of_large_gains_are_exact(problem):
    assert value(problem, solved(problem)) == best_of_all(problem)


@given(tables(gains=st.integers(0, 1), most=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_makes_no_difference(problem, chance):
    rows, columns, gains, allowed = problem
    by_row, by_column = list(range(len(rows))), list(range(len(columns)))
    chance.shuffle(by_row)
    chance.shuffle(by_column)
    other = (
        [rows[at] for at in by_row],
        [columns[at] for at in by_column],
        gains[np.ix_(by_row, by_column)],
        allowed[np.ix_(by_row, by_column)],
    )

    def named(problem):
        rows, columns, *_ = problem
        return {row: None if at is None else columns[at].key for row, at in zip(rows, solved(problem), strict=True)}

    assert named(other) == named(problem)


def whole(*shape):
    return np.zeros(shape, dtype=np.int64), np.ones(shape, dtype=bool)


def test_gains_that_cannot_be_added_exactly_are_refused():
    gains, allowed = whole(2, 2)
    gains[0, 0] = 2**52
    with pytest.raises(TooLarge, match="smaller"):
        assign(rows=[1, 2], columns=[Column(1, 1), Column(2, 1)], gains=gains, allowed=allowed)


@pytest.mark.parametrize(("rows", "columns"), [([1, 1], [1, 2]), ([1, 2], [2, 2])])
def test_a_key_that_stands_twice_has_no_order(rows, columns):
    gains, allowed = whole(2, 2)
    with pytest.raises(ValueError, match="the same"):
        assign(rows=rows, columns=[Column(key, 1) for key in columns], gains=gains, allowed=allowed)


def test_the_table_is_solved_once_and_no_larger_than_rows_and_places(monkeypatch):
    """What made it slow was to look again and again for the first of all equal assignments."""
    sizes, original = [], scipy.optimize.linear_sum_assignment

    def counted(costs):
        sizes.append(costs.shape)
        return original(costs)

    monkeypatch.setattr(scipy.optimize, "linear_sum_assignment", counted)
    gains, allowed = whole(40, 6)
    found = assign(rows=range(40), columns=[Column(at, 7) for at in range(6)], gains=gains, allowed=allowed)
    assert sizes == [(40, 42)]
    assert sorted(map(found.count, range(6))) == [6, 6, 7, 7, 7, 7]
    assign(rows=range(3), columns=[Column(0, 500)], gains=gains[:3, :1], allowed=allowed[:3, :1])
    assert sizes[1:] == [(3, 3)]
