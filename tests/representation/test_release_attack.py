"""Whoever attacks equality figures, let loose on workforces that are published year after year: they know everybody who was where and when,
every number that was published, and one person's answer."""

from random import Random

import pytest

from steppingup.disclosure.audit import REACH
from steppingup.disclosure.lots import BASE
from tests.applications.equality import Attack, attack
from tests.representation.workforce import as_published, workforce

RUNS, LONG = 25, 1000
pytestmark = pytest.mark.requirement("R9")


def test_no_cell_of_any_grid_is_narrowed_to_fewer_than_three_values(is_long, said_at_the_end):
    found, numbers, refused, wrong = Attack(), 0, 0, []
    for seed in range(LONG if is_long else RUNS):
        made = workforce(seed)
        result = attack(as_published(made), Random(seed))
        found, numbers, refused = found + result, numbers + len(made.shown), refused + made.refused
        wrong += [seed] if result.narrowed else []
    said_at_the_end(
        f"Grids of workforces: {numbers} numbers published, {refused} releases refused; {found.cells} cells attacked, {found.small} of them "
        f"small; {found.narrowed} narrowed to fewer than three values, {found.certain} to one."
    )
    assert not wrong
    assert found.small > found.cells / 4
    assert refused < (LONG if is_long else RUNS) / 20


def test_exact_numbers_of_the_same_workforces_would_tell_nearly_everything(monkeypatch):
    for module in ("steppingup.disclosure.audit", "tests.applications.equality"):
        monkeypatch.setattr(f"{module}.REACH", 0)
    found = Attack()
    for seed in range(6):
        made = workforce(seed)
        published = as_published(made)
        published.shown = [
            type(one)(one.people, one.cells, sum(made.answers[who] in one.cells for who in one.people))
            for one in published.shown
        ]
        found += attack(published, Random(seed))
    assert found.certain > found.cells / 4


def test_numbers_are_multiples_of_five_and_within_four_of_the_true_ones():
    for seed in range(40):
        made = workforce(seed)
        for one in made.shown:
            true = sum(made.answers[who] in one.cells for who in one.people)
            assert one.number % BASE == 0
            assert abs(one.number - true) <= REACH


def test_rounding_is_right_on_average():
    errors = [
        one.number - sum(made.answers[who] in one.cells for who in one.people)
        for seed in range(300)
        for made in [workforce(seed)]
        for one in made.shown
    ]
    assert abs(sum(errors) / len(errors)) < 0.15
