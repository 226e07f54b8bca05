"""The best proposal of assignments equals what trying everything finds, and says why (B7, B8, L6)."""

import random
from itertools import product

import pytest

from cohorts.planning.placing import Offer, Seeker, place, rank_of, reason_of

CASES = 500


def small_case(number: int) -> tuple[list[Seeker], list[Offer]]:
    draw = random.Random(number)
    offers = [Offer(10 + at, draw.randint(0, 2), draw.randint(0, 1)) for at in range(draw.randint(1, 4))]
    keys = [offer.id for offer in offers]
    seekers = []
    for at in range(draw.randint(1, 5)):
        choices = tuple(draw.sample(keys, draw.randint(0, len(keys))))
        not_at = frozenset(key for key in keys if draw.random() < 0.3)
        seekers.append(Seeker(100 + at, tuple(one for one in choices if one not in not_at), not_at))
    return seekers, offers


def worth(seekers: list[Seeker], offers: list[Offer], found: dict[int, int | None]) -> tuple[int, int]:
    """How many have one, and the sum of their choices: the first counts 0, one that they did not name the number of those that have
    places."""
    open_ones = [offer.id for offer in offers if offer.places]
    total = 0
    for seeker in seekers:
        if (offer := found[seeker.id]) is not None:
            ranked = [one for one in seeker.choices if one in open_ones]
            total += ranked.index(offer) if offer in ranked else len(open_ones)
    return -sum(one is not None for one in found.values()), total


def is_possible(seekers: list[Seeker], offers: list[Offer], found: dict[int, int | None]) -> bool:
    given = list(found.values())
    return all(given.count(offer.id) <= offer.places for offer in offers) and all(
        found[seeker.id] not in seeker.not_at for seeker in seekers
    )


def best(seekers: list[Seeker], offers: list[Offer]) -> tuple[int, int]:
    """By trying everything."""
    keys = [seeker.id for seeker in seekers]
    ways = product([None, *(offer.id for offer in offers)], repeat=len(seekers))
    every = (dict(zip(keys, way, strict=True)) for way in ways)
    return min(worth(seekers, offers, one) for one in every if is_possible(seekers, offers, one))


@pytest.mark.requirement("B7", "L6")
def test_the_proposal_is_the_best_of_all_that_are_possible():
    for number in range(CASES):
        seekers, offers = small_case(number)
        found = place(seekers, offers)
        assert is_possible(seekers, offers, found), number
        assert worth(seekers, offers, found) == best(seekers, offers), number
        draw = random.Random(-number)
        assert place(draw.sample(seekers, len(seekers)), draw.sample(offers, len(offers))) == found, "in any order"


def test_everybody_reads_why_without_a_word_about_others():
    titles = {1: "Desk", 2: "Garden", 3: "Shop"}
    anna = Seeker(7, (1, 2))
    assert rank_of(anna, 2) == 2
    assert reason_of(anna, 1, titles, titles) == "Their first choice."
    assert reason_of(anna, 2, titles, titles) == "Their second choice: the places at “Desk” went to others."
    assert (
        reason_of(anna, 3, titles, titles) == "None of their choices: the places at “Desk” and “Garden” went to others."
    )
    assert reason_of(Seeker(7), 3, titles, titles) == "They have not said what they would like."
    assert "more participants than places" in reason_of(anna, None, titles, titles)
    nowhere = Seeker(7, (), frozenset(titles))
    assert reason_of(nowhere, None, titles, titles) == "There is no open opportunity where they may go."
