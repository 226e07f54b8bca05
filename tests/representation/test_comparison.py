"""Was it the programme? Simulated programmes whose effect is known: the interval covers it, and too few is said to be too few (issue 10)."""

import math

import numpy as np
import pytest

from representation.measuring.comparison import (
    DIFFERENCE,
    FEWEST,
    POWER,
    Comparison,
    Person,
    Telling,
    compare,
    needed,
)

RUNS, LONG = 25, 4000
WITHIN = 10.0


class Programme:
    """Scores that come in steps of a half, of one or of two points, or exactly; more people on one side than on the other; a share at the
    line, a slope on each side, an effect; some who are silent, whatever became of them."""

    def __init__(self, seed, people):
        self.random = np.random.default_rng(seed)
        self.people = people
        self.grain = self.random.choice([0.0, 0.5, 1.0, 2.0])
        self.share = self.random.uniform(0.25, 0.6)
        self.effect = self.random.choice([0.0, 0.1, 0.2, 0.3]) * self.random.choice([1, 1, 1, -1])
        self.effect = max(self.effect, 0.1 - self.share)
        self.slopes = self.random.uniform(-0.005, 0.015, 2)
        self.silence = self.random.choice([0.0, 0.2, 0.4])
        self.tilt = self.random.uniform(-0.3, 0.3)
        self.chosen = self.random.uniform(0.35, 0.65)

    def scores(self, number):
        """Points from the line, on both sides of it, thinner towards one end."""
        found = np.empty(0)
        while len(found) < number:
            drawn = self.random.uniform(-1, 1, number)
            found = np.append(found, drawn[self.random.uniform(0, 1.3, number) < 1 + self.tilt * drawn])
        points = np.abs(found[:number]) * WITHIN
        return np.round(points / self.grain) * self.grain if self.grain else points

    def chance(self, points, is_above):
        edge = self.share + self.effect if is_above else self.share
        return np.clip(edge + self.slopes[int(is_above)] * points, 0.01, 0.99)

    def lived(self):
        """The people, as they answered. Ties at the line stand on both sides of it."""
        is_above = self.random.uniform(size=self.people) < self.chosen
        distances = self.scores(self.people)
        made = []
        for above, distance in zip(is_above, distances, strict=True):
            points = distance if above else -distance
            outcome = self.random.uniform() < self.chance(points, above)
            silent = self.random.uniform() < self.silence
            made.append(Person(points, bool(above), None if silent else bool(outcome)))
        return made

    def power(self, made, difference=DIFFERENCE / 100):
        """How often this very programme would find such a difference, had it that: from the true chances, which nobody knows in life."""
        variance = 0.0
        for above in (True, False):
            points = np.array([one.points for one in made if one.is_above is above and one.outcome is not None])
            if len(points) < 3 or len(np.unique(points)) < 2:
                return 0.0
            weights = np.linalg.pinv(np.column_stack([np.ones_like(points), points]))[0]
            chance = self.chance(points, above)
            variance += float(np.sum(weights**2 * chance * (1 - chance)))
        away = difference / math.sqrt(variance)
        return 0.5 * (1 + math.erf((away - 1.959964) / math.sqrt(2)))


def test_the_interval_covers_the_true_effect(is_long, said_at_the_end):
    runs = LONG if is_long else RUNS
    covered, told = [], []
    for seed in range(runs):
        programme = Programme(seed, int(np.random.default_rng(seed + 10**6).integers(120, 3000)))
        found = compare(programme.lived(), within=WITHIN)
        if found.estimate is not None:
            covered.append(found.low - 1e-9 <= 100 * programme.effect <= found.high + 1e-9)
            told.append(not found.is_too_few)
    share = sum(covered) / len(covered)
    said_at_the_end(
        f"Programmes with a known effect: {len(covered)} with an estimate, {share:.1%} of the intervals hold it; {sum(told)} had enough people."
    )
    assert len(covered) > 0.95 * runs
    assert any(told)
    assert (0.93 <= share <= 0.97) if is_long else (share >= 0.8)


def test_small_programmes_are_said_to_have_too_few(is_long, said_at_the_end):
    small, said = 0, 0
    for seed in range(LONG if is_long else RUNS):
        programme = Programme(seed, int(np.random.default_rng(seed + 2 * 10**6).integers(10, 900)))
        made = programme.lived()
        if programme.power(made) < POWER:
            small, said = small + 1, said + compare(made, within=WITHIN).is_too_few
    said_at_the_end(f"Programmes with too few people: {said} of {small} are told so.")
    assert small > 0.5 * (LONG if is_long else RUNS)
    assert said >= 0.95 * small


def test_with_as_many_as_are_asked_for_the_difference_is_found_in_four_of_five(is_long):
    found = []
    for seed in range(1000 if is_long else 60):
        random = np.random.default_rng(seed)
        made = [
            Person(x if above else -x, above, bool(random.uniform() < (0.6 if above else 0.4)))
            for above in (True, False)
            for x in random.uniform(0, WITHIN, needed() + 40)
        ]
        found.append(compare(made, within=WITHIN))
    told = [one for one in found if not one.is_too_few]
    assert len(told) > 0.5 * len(found)
    assert sum(one.telling == Telling.HIGHER for one in told) >= (0.78 if is_long else 0.7) * len(told)


def test_how_many_it_takes():
    assert needed() == 393  # 2.8016² × 0.25 × (4 + 4) ÷ 0.2²
    assert needed(20, effects=(1, 1)) == 99  # two plain shares, as tables of sample sizes have it
    assert needed(10) == 1570
    assert needed(100) == 16
    for wrong in (0, -5, 101):
        with pytest.raises(ValueError, match="no difference"):
            needed(wrong)


def even(number, *, above, below, silent=()):
    """So many people on each side, evenly from the line; of each ten so many stepped up, spread evenly."""
    made = []
    for is_above, share in ((True, above), (False, below)):
        for place in range(number):
            points = WITHIN * (place + 0.5) / number
            outcome = None if place % 10 in silent else (place * 3) % 10 < share
            made.append(Person(points if is_above else -points, is_above, outcome))
    return made


def test_the_four_things_that_are_told():
    assert compare(even(400, above=6, below=2), within=WITHIN).telling == Telling.HIGHER
    assert compare(even(400, above=2, below=6), within=WITHIN).telling == Telling.LOWER
    assert compare(even(400, above=4, below=4), within=WITHIN).telling == Telling.NEITHER
    few = compare(even(100, above=6, below=2), within=WITHIN)
    assert (few.telling, few.needed, few.words) == (Telling.TOO_FEW, 393, "There are too few people to tell.")
    assert few.estimate == pytest.approx(40, abs=3)


def test_one_side_with_too_few_makes_too_few():
    made = even(400, above=6, below=2)
    kept = [one for one in made if one.is_above] + [one for one in made if not one.is_above][:380]
    assert compare(kept, within=WITHIN).is_too_few


def test_no_number_is_shown_where_a_side_has_fewer_than_fifteen_answers():
    made = even(400, above=6, below=2)
    above, below = [one for one in made if one.is_above], [one for one in made if not one.is_above]
    shown = compare(above + below[:FEWEST], within=WITHIN)
    assert shown.estimate is not None
    for people in (above + below[: FEWEST - 1], above[: FEWEST - 1] + below, above, []):
        found = compare(people, within=WITHIN)
        assert found.is_too_few
        assert (found.estimate, found.low, found.high, found.least, found.most) == (None,) * 5
    silent = [Person(one.points, one.is_above, one.outcome if one.is_above else None) for one in made]
    assert compare(silent, within=WITHIN).estimate is None


def test_one_score_for_all_draws_no_line():
    assert compare([Person(1, True, True)] * 900 + even(400, above=5, below=5)[400:], within=WITHIN).estimate is None


def test_who_does_not_answer_is_no_no():
    whole, partly = (compare(even(1000, above=6, below=2, silent=silent), within=WITHIN) for silent in ((), (0, 5)))
    assert (partly.silent_above, partly.silent_below, partly.above) == (200, 200, 800)
    assert whole.least == pytest.approx(whole.estimate) == pytest.approx(whole.most)
    assert partly.least < partly.estimate < partly.most
    assert partly.most - partly.least > 35
    assert whole.would_hold


def test_no_silence_filled_in_lies_outside_the_bounds():
    random = np.random.default_rng(7)
    made = even(60, above=6, below=4, silent=(1, 4, 8))
    found = compare(made, within=WITHIN)

    def filled(says) -> Comparison:
        people = [Person(one.points, one.is_above, says(one) if one.outcome is None else one.outcome) for one in made]
        return compare(people, within=WITHIN)

    fills = [lambda one: one.is_above, lambda one: not one.is_above, lambda one: False, lambda one: True]
    fills += [lambda one: bool(random.uniform() < 0.5)] * 50
    for says in fills:
        assert found.least - 1e-9 <= filled(says).estimate <= found.most + 1e-9


def test_all_of_one_answer_still_leave_something_open():
    found = compare(even(30, above=10, below=0), within=WITHIN)
    assert found.estimate == pytest.approx(100)
    assert found.low < 90
    same = compare(even(30, above=0, below=0), within=WITHIN)
    assert same.low < -10
    assert same.high > 10


def test_only_those_within_the_width_are_compared():
    made = even(400, above=6, below=2)
    assert compare(made, within=WITHIN / 2).above == 200
    with pytest.raises(ValueError, match="within no points"):
        compare(made, within=0)


def test_nobody_stands_on_the_wrong_side():
    for wrong in (Person(-1, True, True), Person(1, False, True)):
        with pytest.raises(ValueError, match="wrong side"):
            compare([wrong], within=WITHIN)
    made = even(100, above=6, below=2) + [Person(0, True, True), Person(0, False, None)]
    assert (compare(made, within=WITHIN).above, compare(made, within=WITHIN).silent_below) == (101, 1)
