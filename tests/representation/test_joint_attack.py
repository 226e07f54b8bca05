"""Whoever attacks figures, let loose on all kinds of them together, of the same people: grids of the workforce, equality figures of every
stage, and what became of graduates. They know the rules, who is who and where, every number of every kind, and one person's answers
(docs/adr/0086)."""

from itertools import product
from random import Random

import pytest

from steppingup.disclosure.audit import REACH, Shown
from steppingup.disclosure.lots import BASE, rounded
from steppingup.disclosure.tables import FEWEST
from tests.applications.equality import Attack, attack
from tests.representation.joint import ALIKE, Joined, employer
from tests.representation.workforce import LEVELS

RUNS, LONG = 25, 1000
SIZE = 30
#: What is left: of so many cells of grids and equality figures known together, one may be narrowed.
OF_SO_MANY = 1000
pytestmark = pytest.mark.requirement("R9", "B58")


def test_all_kinds_of_releases_known_together_leave_three_values_open(is_long, said_at_the_end):
    people, became, narrowed, met, exact = Attack(), Attack(), [], [], 0
    for seed in range(LONG if is_long else RUNS):
        made = employer(seed)
        both, all_kinds = made.characteristics(), made.everything()
        if both.looked_at:
            found = attack(both, Random(seed), both.looked_at)
            people += found
            met += [seed] if found.narrowed else []
        if all_kinds.looked_at:
            found = attack(all_kinds, Random(seed), all_kinds.looked_at)
            became, exact = became + found, exact + len(all_kinds.exact)
            narrowed += [seed] if found.narrowed else []
    said_at_the_end(
        f"All kinds of releases together: of grids and equality figures {people.cells} cells attacked, {people.small} of them small, "
        f"{people.narrowed} narrowed to fewer than three values, {people.certain} to one (seeds {met}); of what became of graduates {became.cells} numbers, "
        f"{became.small} small, {became.narrowed} narrowed, {became.certain} to one, beside {exact} numbers of those who stepped up."
    )
    assert not narrowed
    assert people.narrowed * OF_SO_MANY <= people.cells
    assert people.small > people.cells / 4
    assert became.small > became.cells / 4
    assert exact


def values(size: int, more: int, number: int, other: int) -> int:
    """How many of `size` people may be in a cell, where about so many of them are, and about so many of them and `more` others."""
    return sum(
        abs(count - number) <= REACH and any(abs(count + extra - other) <= REACH for extra in range(more + 1))
        for count in range(size + 1)
    )


def test_one_line_of_two_groups_of_both_kinds_is_narrowed_only_where_those_they_differ_by_answered_alike():
    """Nobody holds a grid against equality figures, as nobody knows who of the one stands in the other. One inside the other, one line rounded
    in every way: it is narrowed only where the groups differ by two or three people (or by five more each time), and all of these, or all
    but one, gave the answer."""
    narrowed = set()
    for more, count, lot, other in product(range(14), range(SIZE - FEWEST), range(BASE), range(BASE)):
        for alike in range(more + 1):
            found = values(SIZE, more, rounded(count, lot), rounded(count + alike, other))
            assert found > 0
            if found < 3:
                narrowed.add(more)
                assert alike >= more - 1
    assert narrowed == {2, 3, 7, 8, 12, 13}


def test_lines_of_the_same_people_that_add_up_are_narrowed_where_all_lots_meet():
    """Thirty-three who are a unit and all applied. Six of the group, rounded to 10 and to 5; one not known, to 5 and to 0; 26 others, to 30:
    the least of each line adds up to all of them."""
    of = {ALIKE[0]: range(6), ALIKE[1]: range(6, 32), ALIKE[2]: range(32, 33)}
    answers, everybody = {who: answer for answer, people in of.items() for who in people}, frozenset(range(33))
    numbers = {ALIKE[0]: (10, 5), ALIKE[1]: (30,), ALIKE[2]: (5, 0)}
    shown = [Shown(everybody, frozenset([answer]), number) for answer, both in numbers.items() for number in both]
    found = attack(Joined(answers, LEVELS, shown, lines={everybody: frozenset(ALIKE)}), Random(1))
    assert (found.cells, found.certain) == (3, 3)


def test_where_they_did_the_attack_finds_it():
    """Four of twenty people, shown as none; six with two more beside them, shown as ten: so those two are of the group, and four of the rest."""
    answers = {person: ALIKE[0] if person in {0, 1, 2, 3, 20, 21} else ALIKE[1] for person in range(22)}
    small, large = frozenset(range(20)), frozenset(range(22))
    shown = [Shown(small, frozenset(ALIKE[:1]), 0), Shown(large, frozenset(ALIKE[:1]), 10)]
    made = Joined(answers, LEVELS, shown, lines=dict.fromkeys((small, large), frozenset(ALIKE)))
    found = attack(made, Random(1))
    assert found.certain == 3
