"""The assignment of mentors: never against a rule, as good as it can be, and always the same."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.pairing import Offer, Seeker, Weights, areas, match, may_pair, points_of

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


@settings(max_examples=100)
@given(people(4), mentors(4))
def test_the_points_are_the_most_that_trying_everything_finds(some, others):
    def allowed(choice):
        few = all(choice.count(at) <= offer.places for at, offer in enumerate(others))
        return few and all(at is None or may_pair(s, others[at]) for s, at in zip(some, choice, strict=True))

    def worth(choice):
        pairs = [(s, others[at]) for s, at in zip(some, choice, strict=True) if at is not None]
        return len(pairs), sum(points_of(s, offer, WEIGHTS) for s, offer in pairs)

    everything = product([*range(len(others)), None], repeat=len(some))
    assert value(matched(some, others)) == max(map(worth, filter(allowed, everything)))


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


def test_among_equals_everybody_gets_a_mentor_of_their_own():
    some = [Seeker(pk, f"P{pk}", frozenset({1}), "Avon") for pk in (3, 1, 2)]
    others = [Offer(pk, f"M{pk}", 2, "Severn", places=2) for pk in (12, 11, 13)]
    assert {pair.offer for pair in matched(some, others).pairs} == {11, 12, 13}


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
    assert reason(has_wish=False).startswith("Ben has not said what they are looking for yet")
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
