"""Credits, courses and months as pure rules (B41, B46)."""

from calendar import monthrange
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.rules import Standing, Target, Verdict, can_complete, check_adding
from steppingup.formats.dates import add_months

BRISTOL = Target(13, 3, 5)
credit = st.integers(1, 8)


@st.composite
def targets(draw):
    least = draw(st.integers(1, 4))
    return Target(draw(st.integers(1, 25)), least, draw(st.integers(least, 5)))


@pytest.mark.requirement("B41")
@pytest.mark.parametrize(
    ("chosen", "complete", "words"),
    [
        ((), False, "Choose 13 credits, in 3 to 5 courses."),
        ((4,), False, "Choose 9 more credits, in 2 to 4 more courses."),
        ((5, 2, 2), False, "Choose 4 more credits; you can take 2 more courses."),
        ((6, 7), False, "You have enough credits. Choose 1 more course, because at least 3 are needed."),
        ((5, 4, 4), True, "You have chosen all your courses."),
        ((2, 2, 3, 3, 3), True, "You have chosen all your courses."),
    ],
)
def test_what_is_missing_is_said_in_words(chosen, complete, words):
    standing = Standing(BRISTOL, chosen)
    assert (standing.is_complete, standing.in_words) == (complete, words)


@pytest.mark.requirement("B41")
def test_five_small_courses_are_a_dead_end_and_the_words_say_what_to_do():
    standing = Standing(BRISTOL, (2, 2, 2, 2, 2))
    assert standing.is_dead_end
    assert "you cannot take any more courses. Drop one" in standing.in_words


@pytest.mark.requirement("B41")
@pytest.mark.parametrize(
    ("offered", "words"),
    [
        ((), "Your 2 courses give 9 of 13 credits, and there are no other courses to choose. Ask us"),
        ((1, 1, 1), "Your 2 courses give 9 of 13 credits. With 3 more courses you could reach at most 12. Drop one"),
    ],
)
def test_a_dead_end_says_whether_the_courses_are_too_few_or_too_small(offered, words):
    standing = Standing(BRISTOL, (5, 4), offered=offered)
    assert standing.is_dead_end
    assert standing.in_words.startswith(words)


@pytest.mark.parametrize(
    ("chosen", "words"), [((), "chosen so far"), ((5,), "chosen, in 1 course"), ((5, 4), "chosen, in 2 courses")]
)
def test_what_was_chosen_is_said_with_the_number_of_courses(chosen, words):
    assert Standing(BRISTOL, chosen).chosen_in_words == words


@pytest.mark.requirement("B41")
def test_thirteen_credits_in_two_courses_are_not_enough():
    assert not Standing(BRISTOL, (7, 6), (7, 6)).is_reached
    assert Standing(BRISTOL, (5, 4, 4), (5, 4, 4)).is_reached
    assert not Standing(BRISTOL, (5, 4, 3), (5, 4, 3)).is_reached


@given(targets(), st.lists(credit, max_size=5), st.lists(credit, max_size=7))
def test_reachability_agrees_with_trying_every_combination(target, chosen, offered):
    room = target.most_courses - len(chosen)
    tries = (
        [*chosen, *more] for size in range(max(0, room) + 1) for more in combinations(offered, min(size, len(offered)))
    )
    found = room >= 0 and any(
        sum(way) >= target.credits and target.least_courses <= len(way) <= target.most_courses for way in tries
    )
    assert can_complete(target, chosen, offered) == found


@pytest.mark.requirement("B41")
@given(targets(), st.lists(credit, min_size=1, max_size=10), st.data())
def test_whoever_follows_no_warning_always_reaches_the_credits(target, offered, data):
    """From any start that can be completed, courses that are neither refused nor warned about end in a complete choice."""
    chosen: list[int] = []
    if not can_complete(target, chosen, offered):
        return
    left = list(offered)
    while not Standing(target, tuple(chosen)).is_complete:
        free = [
            i
            for i, value in enumerate(left)
            if check_adding(target, chosen, value, left[:i] + left[i + 1 :]) == Verdict()
        ]
        assert free, "somebody was led into a dead end without a warning"
        chosen.append(left.pop(data.draw(st.sampled_from(free))))
    assert sum(chosen) >= target.credits
    assert target.least_courses <= len(chosen) <= target.most_courses


@given(targets(), st.lists(credit, max_size=8), credit, st.lists(credit, max_size=8))
def test_a_warning_says_truly_that_the_credits_would_be_out_of_reach(target, chosen, value, others):
    verdict = check_adding(target, chosen, value, others)
    assert bool(verdict.refused) == (len(chosen) >= target.most_courses)
    if verdict.warning:
        assert can_complete(target, chosen, [value, *others])
        assert not can_complete(target, [*chosen, value], others)


@pytest.mark.requirement("B46")
@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2020, 2, 12), date(2020, 8, 12)),
        (date(2019, 8, 31), date(2020, 2, 29)),
        (date(2020, 8, 31), date(2021, 2, 28)),
        (date(2020, 12, 31), date(2021, 6, 30)),
    ],
)
def test_six_months_end_within_the_right_month(start, due):
    assert add_months(start, 6) == due


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_months_are_counted_by_the_calendar(day, months):
    after = add_months(day, months)
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months
    assert after.day == min(day.day, monthrange(after.year, after.month)[1])
