"""The arithmetic of targets: the way, what would be, what it would take, and what parts come to."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.actions import targets
from representation.measuring import aims
from representation.measuring.aims import Assumptions, Part, Standing, Way

# -- the way -----------------------------------------------------------------------------------------


@pytest.mark.requirement("R11")
def test_a_way_is_straight_between_its_days_and_stays_at_the_last():
    way = Way([(date(2008, 1, 1), Decimal(40)), (date(2012, 1, 1), Decimal(48)), (date(2017, 1, 1), Decimal("50.2"))])
    assert way.at(date(2007, 12, 31)) is None
    assert way.at(date(2008, 1, 1)) == 40
    assert way.at(date(2012, 1, 1)) == 48
    assert round(way.at(date(2010, 1, 1)), 1) == 44
    assert way.at(date(2030, 1, 1)) == Decimal("50.2")


@given(st.decimals(0, 100, places=1), st.decimals(0, 100, places=1), st.integers(1, 4000), st.integers(0, 4000))
def test_what_is_wanted_lies_between_both_ends(begin, end, days, later):
    first = date(2008, 1, 1)
    way = Way([(first, begin), (date.fromordinal(first.toordinal() + days), end)])
    found = way.at(date.fromordinal(first.toordinal() + later))
    assert min(begin, end) - Decimal("0.001") <= found <= max(begin, end) + Decimal("0.001")


@pytest.mark.parametrize(
    ("least", "most", "wanted", "found"),
    [
        ("40", "44", "45", Standing.BEHIND),
        ("40", "44", "44", Standing.CANNOT_TELL),
        ("40", "44", "40", Standing.ON_TRACK),
        ("40", "44", "42", Standing.CANNOT_TELL),
        (None, None, "42", Standing.NO_FIGURES),
    ],
)
def test_behind_is_said_only_where_chance_cannot_be_the_reason(least, most, wanted, found):
    low, high = (None if value is None else Decimal(value) for value in (least, most))
    assert aims.standing(low, high, Decimal(wanted)) is found


@pytest.mark.parametrize(
    ("least", "most", "wanted", "begins", "ends", "found"),
    [
        ("40", "44", "42", "42", "50", Standing.TOO_EARLY),  # no time has passed
        ("30", "60", "42.04", "42", "50", Standing.TOO_EARLY),  # next to none, and however few they are
        ("40", "44", "43", "42", "50", Standing.TOO_EARLY),  # both are within reach, the end is not
        ("30", "60", "43", "42", "50", Standing.CANNOT_TELL),  # all three are: too few people for ever
        ("41", "48", "43", "40", "50", Standing.CANNOT_TELL),  # it has left its beginning
        ("40", "44", "42", "42", "42", Standing.CANNOT_TELL),  # nothing more is wanted, ever
        ("43", "44", "42", "42", "50", Standing.ON_TRACK),
        ("30", "41", "42", "42", "50", Standing.BEHIND),
    ],
)
def test_in_its_first_days_it_is_too_early_to_tell(least, most, wanted, begins, ends, found):
    assert aims.standing(*(Decimal(one) for one in (least, most, wanted, begins, ends))) is found


# -- what it would take ------------------------------------------------------------------------------


def test_futures_hold_what_arithmetic_says():
    """A tenth leaves each year, and of those who come 60 in 100 are of the group: after ten years 60 − 20 × 0.9¹⁰."""
    found = aims.futures(Assumptions(2_000, 800, 10, 0, 60), 10)
    last = aims.years_ahead(found)[-1]
    assert last.least < 60 - 20 * 0.9**10 < last.most
    assert last.most - last.least < 8
    again = aims.futures(Assumptions(2_000, 800, 10, 0, 60), 10)
    assert (found == again).all()


def test_what_is_needed_is_enough_and_less_is_not():
    given_now = Assumptions(1_000, 400, 12, 0, 40)
    needed = aims.needed(given_now, 6, Decimal(48))
    assert needed.least < needed.middle < needed.most
    exactly = 40 + 8 / (1 - 0.88**6)  # what the middle of all futures needs
    assert abs(needed.middle - exactly) < 2
    for share, low, high in ((needed.most, 90, 100), (needed.least, 0, 12)):
        chances = aims.chance(aims.futures(Assumptions(1_000, 400, 12, 0, share), 6), 6, Decimal(48))
        assert low <= chances <= high


def test_what_cannot_be_reached_is_said_to_be_out_of_reach():
    found = aims.needed(Assumptions(1_000, 100, 2, 0, 10), 2, Decimal(60))
    assert (found.least, found.middle, found.most) == (None, None, None)
    reached = aims.reached(aims.futures(Assumptions(1_000, 400, 10, 0, 40), 40), Decimal(60))
    assert reached.middle is None


def test_fewer_appointments_seen_make_what_is_said_wider():
    few, many = (
        aims.years_ahead(aims.futures(Assumptions(2_000, 800, 10, 0, 50, seen), 5))[-1] for seen in (10, 5_000)
    )
    assert few.most - few.least > 2 * (many.most - many.least)


@given(
    st.integers(0, 400),
    st.integers(0, 400),
    st.integers(0, 60),
    st.integers(-20, 20),
    st.integers(0, 100),
    st.integers(1, 5),
)
def test_a_future_is_a_share_whatever_is_assumed(group, others, turnover, growth, appointed, years):
    found = aims.futures(Assumptions(group + others, group, turnover, growth, appointed), years)
    assert ((found >= 0) & (found <= 100)).all()


@given(st.decimals(5, 95, places=1), st.floats(1, 50), st.integers(1, 10), st.floats(0, 100))
def test_the_share_behind_two_figures_is_the_one_that_made_them(before, turnover, years, appointed):
    after = appointed + (float(before) - appointed) * (1 - turnover / 100) ** years
    found = aims.share_behind(before, Decimal(after), Decimal(years), turnover)
    assert found == pytest.approx(appointed, abs=0.01)


# -- parts -------------------------------------------------------------------------------------------


@pytest.mark.requirement("R12")
def test_parts_are_enough_or_say_by_how_many_people_they_fall_short():
    parts = [Part(1_000, Decimal(30), Decimal(40)), Part(500, Decimal(50), None)]
    assert aims.sum_of(parts, Decimal(43)).is_enough
    found = aims.sum_of(parts, Decimal(45))
    assert (round(found.percent, 2), found.missing) == (Decimal("43.33"), 25)


@given(
    st.lists(st.tuples(st.integers(15, 3_000), st.decimals(0, 100, places=1)), min_size=1, max_size=8),
    st.decimals(1, 100, places=1),
)
def test_a_rise_that_is_the_same_for_all_reaches_the_whole_and_a_tenth_less_does_not(parts, wanted):
    people = sum(of for of, _ in parts)

    def reach(rise):
        return sum(of * (min(Decimal(100), share + rise) if share < wanted else share) for of, share in parts)

    rise = targets.fair_rise(parts, wanted)
    assert reach(rise) >= people * wanted
    assert not rise or reach(rise - targets.TENTH) < people * wanted
