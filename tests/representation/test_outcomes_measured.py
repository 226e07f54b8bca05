"""What became of graduates, in numbers: yes, no and silent; bounds; the curve; and what a release of them holds (B58)."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from representation.measuring import outcomes
from representation.measuring.outcomes import Known, NothingFits, Tally, bounds, curve, half_by, known_by
from representation.measuring.shares import Share
from steppingup.disclosure.audit import REACH
from steppingup.disclosure.tables import FEWEST, Past

pytestmark = pytest.mark.requirement("B58")
YES, OTHER = frozenset({"promoted"}), frozenset({"same"})
MOMENTS = (0, 6, 12, 24, 36)
answers = st.dictionaries(st.sampled_from(MOMENTS), st.sampled_from([YES, OTHER]))


@st.composite
def tallies(draw, most: int = 80) -> Tally:
    people = draw(st.integers(0, most))
    yes = draw(st.integers(0, people))
    return Tally(people, yes, draw(st.integers(0, people - yes)))


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({}, ["silent", "silent", "silent"]),
        ({0: OTHER}, ["no", "silent", "silent"]),
        ({12: OTHER}, ["no", "no", "no"]),
        ({6: YES}, ["silent", "yes", "yes"]),
        ({0: OTHER, 12: YES}, ["no", "silent", "yes"]),
        ({0: YES, 12: OTHER}, ["yes", "yes", "yes"]),
    ],
)
def test_a_step_lies_between_the_answer_before_and_the_one_that_says_so(said, known):
    assert [known_by(said, YES, months) for months in (0, 6, 12)] == known


@given(said=answers)
def test_nobody_takes_a_step_back_and_no_never_follows_yes(said):
    course = [known_by(said, YES, months) for months in MOMENTS]
    order = [Known.NO, Known.SILENT, Known.YES]
    assert course == sorted(course, key=order.index)


@given(said=answers, more=answers)
def test_further_answers_settle_what_was_open_and_nothing_else(said, more):
    """Whoever answers a moment of silence, without contradicting what they said."""
    first = min((at for at, moves in said.items() if moves & YES), default=None)
    fits = {
        at: moves
        for at, moves in more.items()
        if at not in said and not (moves & YES and any(at <= no for no, was in said.items() if was == OTHER))
    }
    if first is not None:
        fits = {at: moves for at, moves in fits.items() if at > first or not moves & YES}
    for months in MOMENTS:
        before = known_by(said, YES, months)
        assert before in (Known.SILENT, known_by({**fits, **said}, YES, months))


@pytest.mark.parametrize("numbers", [(3, 2, 2), (-1, 0, 0), (3, -1, 0), (3, 0, -1)])
def test_what_cannot_be_is_no_tally(numbers):
    with pytest.raises(ValueError, match="are no people"):
        Tally(*numbers)


@given(found=tallies())
def test_bounds_hold_every_answer_that_the_silent_may_give(found):
    one = bounds(found, reach=0)
    if found.people < FEWEST:
        assert one is None
        return
    assert one is not None
    for of_the_silent in range(found.silent + 1):
        share = Share(found.yes + of_the_silent, found.people)
        assert one.least <= share.percent <= one.most
        assert one.low <= share.interval[0]
        assert share.interval[1] <= one.high
    rough = bounds(found)
    assert rough is not None
    assert rough.low <= one.low
    assert one.high <= rough.high
    assert found.turned.turned == found


@given(people=st.lists(answers, min_size=FEWEST, max_size=40))
def test_the_curve_never_falls_and_holds_whatever_the_silent_did(people):
    found = {months: outcomes.tally(people, YES, months) for months in MOMENTS}
    steps = curve(found, reach=0)
    assert [one.months for one in steps] == list(MOMENTS)
    for before, now in zip(steps, steps[1:], strict=False):
        assert before.least <= now.least
        assert before.most <= now.most
        assert before.low <= now.low
        assert before.high <= now.high
    for one in steps:
        assert one.low <= one.least <= one.most <= one.high
        early = sum(known_by(said, YES, one.months) != Known.NO for said in people)
        assert one.most == Share(early, len(people)).percent


def test_half_of_them_had_stepped_up_at_the_soonest_and_at_the_latest():
    steps = curve({0: Tally(200, 0, 60), 6: Tally(200, 40, 80), 12: Tally(200, 120, 20)}, reach=0)
    assert half_by(steps) == (6, 12)
    assert half_by(steps[:1]) == (None, None)
    assert half_by(steps[:2]) == (6, None)
    few = curve({12: Tally(20, 11, 0)}, reach=0)  # more than half, but it may be chance
    assert half_by(few) == (12, None)
    assert curve({0: Tally(14, 3, 0)}) == []


@st.composite
def cohorts(draw) -> dict[int, Tally]:
    return {pk: draw(tallies(40)) for pk in range(1, draw(st.integers(2, 5)))}


@settings(max_examples=60, deadline=None)
@given(parts=cohorts(), key=st.text(max_size=3))
def test_a_release_is_rounded_and_only_groups_of_fifteen_have_a_number(parts, key):
    shown = outcomes.release(parts, {}, key=key, secret="s")
    whole = sum((one for one in parts.values()), outcomes.NOBODY)
    true = {0: whole, **parts}
    enough = {group for group, one in true.items() if one.people >= FEWEST}
    assert set(shown) in (enough, enough & {0})
    for group, one in shown.items():
        assert one.people == true[group].people
        assert one.yes % 5 == one.silent % 5 == 0
        assert abs(true[group].yes - one.yes) <= REACH
        assert abs(true[group].silent - one.silent) <= REACH
        found = bounds(one)
        assert found is not None
        assert found.low <= Share(true[group].yes, one.people).percent
        assert Share(true[group].yes + true[group].silent, one.people).percent <= found.high
    assert outcomes.release(parts, {}, key=key, secret="s") == shown
    apart = outcomes.errors(shown, parts)
    assert {group: (one.yes + apart[group][0], one.silent + apart[group][1]) for group, one in shown.items()} == {
        group: (true[group].yes, true[group].silent) for group in shown
    }


@settings(max_examples=40, deadline=None)
@given(first=tallies(40), steps=st.lists(st.integers(0, 4), max_size=6))
def test_however_often_it_is_published_three_numbers_stay_possible(first, steps):
    """The attacker knows that so many more said yes each time: what is possible are the numbers that fit every release."""
    now, past, seen = first, [], []
    for more in [0, *steps]:
        now = Tally(now.people, min(now.people - now.silent, now.yes + more), now.silent)
        before = outcomes.join(past)
        known = {0: (before, Past(0, 0)), 1: (before, Past(0, 0))} if before else {}
        try:
            shown = outcomes.release({1: now}, known, key="k", secret="s")
        except NothingFits:
            continue
        if 0 not in shown:
            return
        past.append(Past(now.yes - shown[0].yes, now.yes - shown[0].yes))
        seen.append((now.yes, shown[0].yes))
    possible = [
        shift
        for shift in range(-2 * REACH, 2 * REACH + 1)
        if all(abs(true + shift - number) <= REACH for true, number in seen)
    ]
    assert len(possible) >= 3


def test_cells_of_two_cohorts_stay_as_open_beside_their_total():
    """Every arrangement that fits the numbers of two cohorts and of both together: each cohort can have at least five values."""
    parts = {1: Tally(20, 7, 0), 2: Tally(18, 4, 0)}
    shown = outcomes.release(parts, {}, key="k", secret="s")
    fits = [
        (a, b)
        for a, b in product(range(21), range(19))
        if abs(a - shown[1].yes) <= REACH and abs(b - shown[2].yes) <= REACH and abs(a + b - shown[0].yes) <= REACH
    ]
    assert len({a for a, _ in fits}) >= 5
    assert len({b for _, b in fits}) >= 5
    assert Decimal(shown[0].yes) % 5 == 0


@settings(max_examples=80, deadline=None)
@given(parts=cohorts())
@example(parts={1: Tally(3, 3, 0), 2: Tally(22, 7, 15)})
def test_a_first_release_has_a_number_of_the_whole_programme(parts):
    shown = outcomes.release(parts, {}, key="first", secret="s")
    assert (0 in shown) == (sum(one.people for one in parts.values()) >= FEWEST)


@given(found=tallies(), total=st.integers(1, 10**6))
def test_what_a_step_cost_lies_between_all_and_none_of_the_silent(found, total):
    one = outcomes.cost_each(Decimal(total), found, reach=0)
    if found.people < FEWEST or not found.yes + found.silent:
        assert one is None
        return
    assert one is not None
    assert one.low <= one.least
    assert abs(one.least * (found.yes + found.silent) - total) < 1
    if not found.yes:
        assert one.most is one.high is None
    else:
        assert one.most is not None
        assert one.high is not None
        assert one.least <= one.most <= one.high
        assert abs(one.most * found.yes - total) < 1
