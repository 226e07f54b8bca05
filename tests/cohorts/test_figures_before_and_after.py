"""Figures of what people said before and after: nobody can be recognised in them, whoever knows how they are made."""

from itertools import combinations_with_replacement, product

import pytest

from cohorts.assessing import figures
from cohorts.assessing.figures import Numbers, figure_of, is_safe, possible


def arrangements(people: int, steps: int):
    """The numbers of everything that so many people can say."""
    single = list(product(range(1, steps + 1), repeat=2))
    for pairs in combinations_with_replacement(single, people):
        yield figures._true(pairs)


@pytest.mark.parametrize(("people", "steps"), [(5, 2), (3, 3), (2, 5)])
def test_what_could_have_led_to_a_figure_is_exactly_what_somebody_could_work_out(people, steps):
    every = set(arrangements(people, steps))
    for true in every:
        shown = Numbers(**{name: figures.rounded(getattr(true, name), 2) for name in Numbers.__dataclass_fields__})

        def near(one: Numbers, shown: Numbers = shown) -> bool:
            return all(abs(getattr(one, name) - getattr(shown, name)) < 5 for name in Numbers.__dataclass_fields__)

        assert set(possible(shown, people, steps)) == {one for one in every if near(one)}


@pytest.mark.requirement("N10")
def test_no_figure_of_a_few_people_can_be_narrowed_to_one_or_two_values():
    """Everything that five people can say with two answers, with what its figure leaves to somebody who knows how it was made."""
    every = set(arrangements(5, 2))
    single = list(product((1, 2), repeat=2))
    for number, pairs in enumerate(combinations_with_replacement(single, 5)):
        people = dict(enumerate(pairs))
        given = figure_of(about=("aim", "", "x"), key=f"k{number}", pairs=people, steps=2, secret="s")
        if given.withheld:
            continue
        shown = {name: getattr(given, name) for name in ("up", "same", "down")}
        left = [one for one in every if all(abs(getattr(one, name) - value) < 5 for name, value in shown.items())]
        for name in shown:
            assert len({getattr(one, name) for one in left}) >= 3
    assert not is_safe(Numbers(up=10, same=0, down=0, before=10, after=50), 10, 5)


def test_fewer_than_five_people_are_no_figure_and_asking_again_tells_nothing():
    def of(pairs):
        return figure_of(about=("aim", "", "x"), key="k", pairs=pairs, steps=5, secret="s")

    assert of(dict(enumerate([(1, 2)] * 4))).withheld == figures.TOO_FEW
    pairs = dict(enumerate([(1, 2), (2, 2), (3, 2), (1, 4), (2, 5), (3, 3), (2, 3)]))
    assert of(pairs) == of(pairs)
    assert of(pairs).people == 7


def test_a_question_that_no_draw_would_do_for_is_left_out():
    given = figure_of(about=("aim", "", "x"), key="k", pairs=dict.fromkeys(range(10), (1, 5)), steps=5, secret="s")
    assert given.withheld == figures.BY_LOT
