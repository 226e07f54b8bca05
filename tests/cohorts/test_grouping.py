"""Peer groups: as good as the best that there is, sizes within one, what is locked stays."""

import random
import time
from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohorts.planning.grouping import Member, group, points, score_of


def _fairest(members, number):
    """How many each group has, smallest first, where whoever is not locked goes into the smallest, one after the other."""
    locked = Counter(one.locked for one in members if one.locked is not None)
    found = sorted(locked[at] for at in range(number))
    for _ in range(len(members) - sum(found)):
        found[0] += 1
        found.sort()
    return found


def _best(members, number, apart):
    """Of every arrangement there is, locks and sizes as they should be."""
    allowed, best = _fairest(members, number), None
    for places in product(range(number), repeat=len(members)):
        count = Counter(places)
        if any(one.locked not in (None, at) for one, at in zip(members, places, strict=True)):
            continue
        if sorted(count[at] for at in range(number)) != allowed:
            continue
        score = points(score_of(members, {one.id: at for one, at in zip(members, places, strict=True)}, apart))
        best = score if best is None else min(best, score)
    return best


def _case(chance, most=8):
    number = chance.randint(1, 3)
    people = chance.randint(0, most)
    employers = {at: chance.choice(["public", "voluntary", "commercial", ""]) for at in range(1, chance.randint(2, 5))}
    members, locks = [], chance.choice((0, 0.15, 0.6))
    for at in range(1, people + 1):
        employer = chance.choice([None, *employers])
        sector = employers[employer] if employer else ""
        locked = chance.randrange(number) if chance.random() < locks else None
        members.append(Member(at, employer, sector, locked))
    ids = [one.id for one in members]
    apart = {frozenset(chance.sample(ids, 2)) for _ in range(chance.randint(0, 3))} if people > 1 else set()
    return members, number, apart


@pytest.mark.requirement("B11")
def test_no_arrangement_of_500_small_ones_is_better_than_the_one_proposed():
    chance = random.Random(9)
    for _ in range(500):
        members, number, apart = _case(chance)
        found = group(members, number, apart)
        best = _best(members, number, apart)
        assert found.score == best == found.least, (members, number, apart)


def test_sixty_people_of_thirty_employers_are_mixed_or_the_gap_is_known():
    chance = random.Random(4)
    sector = {at: chance.choice(["public", "voluntary", "commercial"]) for at in range(1, 31)}
    members = [Member(at, chance.randint(1, 30)) for at in range(1, 61)]
    members = [Member(one.id, one.employer, sector[one.employer]) for one in members]
    apart = {frozenset(chance.sample(range(1, 61), 2)) for _ in range(12)}
    begun = time.perf_counter()
    found = group(members, 5, apart, seconds=5)
    assert time.perf_counter() - begun < 30
    assert found.least <= found.score
    assert sorted(Counter(found.places.values()).values()) == [12] * 5
    assert not score_of(members, found.places, apart)["apart"]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_sizes_are_within_one_and_what_is_locked_stays(chance):
    members, number, apart = _case(chance, most=30)
    found = group(members, number, apart, seconds=2)
    assert set(found.places) == {one.id for one in members}
    assert all(one.locked in (None, found.places[one.id]) for one in members)
    count = Counter(found.places.values())
    assert sorted(count[at] for at in range(number)) == _fairest(members, number)
    shuffled = list(members)
    chance.shuffle(shuffled)
    assert group(shuffled, number, apart, seconds=2) == found


def test_with_more_groups_than_people_some_stay_empty():
    assert group([Member(1), Member(2)], 3).places.keys() == {1, 2}
    assert group([], 2) == ({}, 0, 0)
    with pytest.raises(ValueError, match="At least one"):
        group([Member(1)], 0)
