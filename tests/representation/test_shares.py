"""Shares, how certain they are, how far they lie from a comparator, and where a ladder is broken."""

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.measuring.shares import (
    Share,
    gap,
    is_too_few_to_tell,
    people_missing,
    relative_likelihood,
    rounded,
    steepest,
)


@st.composite
def shares(draw) -> Share:
    of = draw(st.integers(1, 400))
    return Share(draw(st.integers(0, of)), of)


def at_least(number: int, of: int, chance: Fraction) -> Fraction:
    """How likely so many or more of them are, by the sum itself."""
    return sum((comb(of, n) * chance**n * (1 - chance) ** (of - n) for n in range(number, of + 1)), Fraction(0))


@pytest.mark.requirement("C2")
@pytest.mark.parametrize(("percent", "points"), [(17, -4), (14, -7), (21, 0)])
def test_gaps_are_those_of_the_source(percent, points):
    assert gap(Decimal(percent), Decimal(21)) == points


@pytest.mark.requirement("R9")
@given(share=shares())
def test_the_interval_holds_the_share_and_lies_between_nobody_and_everybody(share):
    least, most = share.interval
    assert 0 <= least <= share.percent + Decimal("1e-9")
    assert share.percent - Decimal("1e-9") <= most <= 100


@pytest.mark.parametrize(("number", "of"), [(3, 20), (17, 40), (1, 40), (0, 12), (12, 12), (5, 6)])
def test_the_interval_is_exact(number, of):
    """At its lower end so many or more are seen in 2.5% of cases, at its upper end so many or fewer."""
    least, most = (Fraction(float(end)) / 100 for end in Share(number, of).interval)
    if number:
        assert float(at_least(number, of, least)) == pytest.approx(0.025, abs=1e-6)
    else:
        assert least == 0
    if number < of:
        assert float(1 - at_least(number + 1, of, most)) == pytest.approx(0.025, abs=1e-6)
    else:
        assert most == 1


@given(share=shares(), wanted=st.integers(0, 100))
def test_the_people_who_are_missing_reach_the_share_and_one_fewer_does_not(share, wanted):
    more = people_missing(share, Decimal(wanted))
    assert Fraction(100 * (share.number + more), share.of) >= wanted
    if more:
        assert Fraction(100 * (share.number + more - 1), share.of) < wanted


def test_with_few_people_a_gap_may_be_chance():
    assert is_too_few_to_tell(Share(2, 20), Decimal(21))
    assert not is_too_few_to_tell(Share(200, 2_000), Decimal(21))


@pytest.mark.parametrize("number", [(-1, 4), (5, 4), (0, 0)])
def test_a_part_that_is_larger_than_the_whole_is_no_share(number):
    with pytest.raises(ValueError, match="is no share"):
        Share(*number)


@pytest.mark.requirement("R9")
@pytest.mark.parametrize(
    ("tiers", "place"),
    [
        ([Share(21, 100), Share(17, 100), Share(14, 100)], 1),
        ([Share(40, 100), Share(38, 100), Share(10, 100), Share(9, 100)], 2),
        ([Share(40, 100), None, Share(20, 100)], 2),
        ([Share(1, 10), Share(2, 10)], None),
        ([], None),
    ],
)
def test_a_ladder_is_broken_where_the_share_falls_most(tiers, place):
    assert steepest(tiers) == place


def test_how_likely_appointment_is_after_shortlisting():
    found = relative_likelihood(Share(200, 1_000), Share(30, 300))
    assert found is not None
    assert rounded(found.ratio, 2) == Decimal("2.00")
    assert found.least < found.ratio < found.most
    assert relative_likelihood(Share(0, 10), Share(3, 10)) is None


@pytest.mark.parametrize(("percent", "places", "said"), [("3.5", 0, 4), ("-3.5", 0, -4), ("1.455", 2, "1.46")])
def test_halves_are_rounded_away_from_zero(percent, places, said):
    assert rounded(Decimal(percent), places) == Decimal(said)
