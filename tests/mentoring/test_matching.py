"""The assignment of mentors: never against a rule, as good as it can be, and always the same."""

import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching import Offer, Seeker, Weights, areas, match, may_pair, points_of

WEIGHTS = Weights(theme=10, area=4)
NAMES = {1: "Leading change", 2: "Networks", 3: "Budgets"}
PLACES = ("", "Bedminster", "Clifton, Bedminster", "Redland")

themes = st.frozensets(st.sampled_from(sorted(NAMES)))
seekers = st.builds(
    lambda pk, family, found, area: Seeker(pk, f"P{pk}", family, "Avon", found, area),
    st.integers(1, 99),
    st.frozensets(st.integers(1, 5), min_size=1, max_size=3),
    themes,
    st.sampled_from(PLACES),
)
offers = st.builds(
    lambda pk, organisation, found, area, places, taken: Offer(
        pk, f"M{pk}", organisation, f"O{organisation}", found, area, places, taken
    ),
    st.integers(1, 99),
    st.integers(1, 5),
    themes,
    st.sampled_from(PLACES),
    st.integers(0, 3),
    st.integers(0, 2),
)


def people(most):
    return st.lists(seekers, max_size=most, unique_by=lambda seeker: seeker.id)


def mentors(most):
    return st.lists(offers, max_size=most, unique_by=lambda offer: offer.id)


def matched(some, others):
    return match(some, others, weights=WEIGHTS, theme_names=NAMES)


def value(matching):
    return len(matching.pairs), matching.points


@pytest.mark.requirement("B13")
@given(people(7), mentors(6))
def test_no_rule_is_ever_broken_and_nobody_is_forgotten(some, others):
    found = matched(some, others)
    by_id = {offer.id: offer for offer in others}
    whole = {seeker.id: seeker for seeker in some}
    for pair in found.pairs:
        assert may_pair(whole[pair.seeker], by_id[pair.offer])
        assert pair.points == points_of(whole[pair.seeker], by_id[pair.offer], WEIGHTS)
    for offer in others:
        assert sum(pair.offer == offer.id for pair in found.pairs) <= offer.places
    told = [pair.seeker for pair in found.pairs] + [left.seeker for left in found.unmatched]
    assert sorted(told) == sorted(whole)
    assert all(left.reason.endswith(".") for left in found.unmatched)


def places_used(others, choice):
    """For each person in turn: how many the mentor has already, and which mentor it is; nobody comes last."""
    seen = {at: offer.taken for at, offer in enumerate(others)}
    for at in choice:
        yield (999, 999) if at is None else (seen[at], at)
        if at is not None:
            seen[at] += 1


def brute_force(some, others):
    """Every assignment that keeps the rules; the first by pairs, points, spread, and the order of people and mentors."""

    def allowed(choice):
        few = all(choice.count(at) <= offer.places for at, offer in enumerate(others))
        return few and all(at is None or may_pair(s, others[at]) for s, at in zip(some, choice, strict=True))

    def rank(choice):
        pairs = [(s, others[at]) for s, at in zip(some, choice, strict=True) if at is not None]
        used = list(places_used(others, choice))
        full = sum(place[0] for place in used if place[0] < 999)
        return -len(pairs), -sum(points_of(s, offer, WEIGHTS) for s, offer in pairs), full, used

    best = min(filter(allowed, product([*range(len(others)), None], repeat=len(some))), key=rank)
    return {(s.id, others[at].id) for s, at in zip(some, best, strict=True) if at is not None}


@settings(deadline=None, max_examples=300)
@given(people(4), mentors(4))
def test_the_result_is_the_one_that_trying_everything_finds(some, others):
    some, others = sorted(some, key=lambda s: s.id), sorted(others, key=lambda o: o.id)
    assert {(pair.seeker, pair.offer) for pair in matched(some, others).pairs} == brute_force(some, others)


@given(people(6), mentors(6), st.randoms(use_true_random=False))
def test_the_order_of_the_people_makes_no_difference(some, others, chance):
    before = matched(some, others)
    chance.shuffle(some)
    chance.shuffle(others)
    assert matched(some, others) == before


@given(people(6), mentors(5), offers)
def test_one_mentor_more_never_makes_it_worse(some, others, more):
    if more.id not in {offer.id for offer in others}:
        assert value(matched(some, [*others, more])) >= value(matched(some, others))


def test_among_equals_who_enrolled_first_gets_the_mentor_who_was_entered_first():
    some = [Seeker(pk, f"P{pk}", frozenset({1}), "Avon") for pk in (3, 1, 2)]
    others = [Offer(pk, f"M{pk}", 2, "Severn", places=2) for pk in (12, 11, 13)]
    assert [(pair.seeker, pair.offer) for pair in matched(some, others).pairs] == [(1, 11), (2, 12), (3, 13)]


def test_a_mentor_who_has_somebody_already_comes_after_one_who_has_nobody():
    some = [Seeker(1, "P1", frozenset({1}), "Avon")]
    others = [Offer(11, "M11", 2, "Severn", taken=1), Offer(12, "M12", 2, "Severn")]
    assert matched(some, others).pairs[0].offer == 12


def test_everybody_has_a_mentor_before_anybody_has_the_best_one():
    """The participant from Severn can only have Ann; so Ben, who fits Ann better, gets somebody else."""
    ben = Seeker(1, "Ben", frozenset({1}), "Avon", frozenset({1, 2}), "Bedminster")
    cy = Seeker(2, "Cy", frozenset({3}), "Severn")
    ann = Offer(11, "Ann", 2, "Wye", frozenset({1, 2}), "Bedminster")
    dee = Offer(12, "Dee", 3, "Severn")
    assert {(pair.seeker, pair.offer) for pair in matched([ben, cy], [ann, dee]).pairs} == {(1, 12), (2, 11)}


@pytest.mark.requirement("L8")
def test_reasons_are_sentences_about_what_both_sides_volunteered():
    ann = Offer(11, "Ann", 2, "Wye", frozenset({1, 2}), "Clifton or Bedminster")

    def reason(**values):
        return matched([Seeker(1, "Ben", frozenset({1}), "Avon", **values)], [ann]).pairs[0].reason

    assert reason(themes=frozenset({2, 1, 3}), area="bedminster") == (
        "Both named “Leading change” and “Networks”; both can meet in Bedminster."
    )
    assert reason(themes=frozenset({2})) == "Both named “Networks”."
    assert reason(area="Clifton") == "They named no theme in common, but both can meet in Clifton."
    assert reason(has_wish=False).startswith("Ben has not said what they seek yet")
    assert reason(themes=frozenset({3})).startswith("They named nothing in common; Ann is from another organisation")


def test_who_is_left_over_is_told_why():
    ben = Seeker(1, "Ben", frozenset({1, 2}), "Avon Hospital")
    cy = Seeker(2, "Cy", frozenset({5}), "Wye")

    def why(*others, some=(ben,)):
        return matched(some, others).unmatched[0].reason

    assert why() == "No mentor has a free place."
    assert why(Offer(1, "M", 5, "Wye", places=0)) == "No mentor has a free place."
    own = Offer(1, "M", 1, "Avon Hospital")
    assert why(own) == "Every mentor with a free place is from Avon Hospital, where Ben works."
    trust = Offer(2, "N", 2, "Avon Trust")
    assert why(own, trust).startswith("Every mentor with a free place is from Avon Hospital and Avon Trust: Ben works")
    assert why(Offer(3, "O", 7, "Usk"), some=(ben, cy)).startswith("The one free place with a mentor from another")


def test_areas_are_compared_as_people_write_them():
    assert areas("Bedminster, Clifton and Redland.").keys() == {"bedminster", "clifton", "redland"}
    assert areas(" ") == {}


def crowd(count, themes_each):
    some = [
        Seeker(pk, f"P{pk}", frozenset({pk % 40}), "Avon", frozenset((pk * k) % 11 for k in range(1, themes_each)))
        for pk in range(count)
    ]
    others = [
        Offer(
            pk, f"M{pk}", pk % 40, "Wye", frozenset((pk * k + 3) % 11 for k in range(1, themes_each)), places=1 + pk % 2
        )
        for pk in range(count)
    ]
    return some, others


@pytest.mark.parametrize("themes_each", [1, 4], ids=["nobody said anything", "wishes"])
def test_three_hundred_with_three_hundred_take_less_than_two_seconds(themes_each):
    some, others = crowd(300, themes_each)
    started = time.process_time()
    found = match(some, others, weights=WEIGHTS, theme_names=dict.fromkeys(range(11), "Theme"))
    assert time.process_time() - started < 2
    assert len(found.pairs) == 300
