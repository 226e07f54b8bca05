"""Somebody who knows the rules, everybody's stages, every published number and one person's answers, let loose on generated
years of releases. The last two tests let them loose on what we could have done instead, where they find something."""

from collections import Counter
from random import Random

from steppingup.disclosure import protection
from steppingup.disclosure.audit import Knowledge, Shown, Watched, narrowed
from steppingup.disclosure.lots import BASE, rounded
from steppingup.disclosure.protection import NOT_KNOWN, Line, protect
from tests.applications.equality import Attack, Attacker, Sequence, attack, groups_looked_at, programme, sequence

FEW = {"people": (15, 30), "cohorts": 1, "headings": 3}
MANY = {"people": (20, 60), "cohorts": 2, "headings": 5}
EVERY, RUNS, LONG = 5, 25, 1000  # every so many is of many people


def test_no_cell_is_narrowed_to_fewer_than_three_values_whatever_is_published_in_which_order(is_long, said_at_the_end):
    found, groups, withheld, wrong = Attack(), 0, 0, []
    for seed in range(LONG if is_long else RUNS):
        made = sequence(seed, **(FEW if seed % EVERY else MANY))
        result = attack(made, Random(seed))
        found, groups, withheld = (
            found + result,
            groups + len({one.people for one in made.shown}),
            withheld + made.withheld,
        )
        wrong += [seed] if result.narrowed else []
    said_at_the_end(
        f"Equality figures: {groups} tables published, {withheld} withheld; {found.cells} cells attacked, {found.small} of them "
        f"small; {found.narrowed} narrowed to fewer than three values, {found.certain} to one "
        f"({found.exhaustive} of the sequences by every arrangement there is)."
    )
    assert not wrong
    assert found.exhaustive
    assert found.small > found.cells / 4


def test_the_audit_finds_what_trying_everything_finds():
    """Without protection: exact numbers, and numbers rounded without looking back. Both agree on every cell."""
    agreed = Counter()
    for seed in range(4):
        made = sequence(seed, **FEW)
        random = Random(seed)
        # As if each number had been drawn again and again for groups that are nearly the same.
        people = sorted(made.answers)
        made.shown = [
            Shown(
                frozenset(group),
                line.cells,
                rounded(sum(made.answers[p] in line.cells for p in group), random.randrange(5)),
            )
            for group in (people, people[2:], people[4:])
            for line in made.levels[-1]
        ]
        known = Knowledge(made.shown, made.cells)
        attacker = Attacker(made, random)
        assert attacker.is_exhaustive
        every = attacker.fitting
        bad = {(one.people, one.cells) for one in narrowed(known, most=1000)}
        attacker.fitting = every
        for one in known.watched()[::2]:
            row = known.row(one.people, one.cells)
            values = known.possible(row)
            assert set(every @ row) <= set(values)
            assert ((one.people, one.cells) in bad) == (len(values) < one.enough)
            agreed[(one.people, one.cells) in bad] += 1
    assert agreed[True] > 5
    assert agreed[False] > 5


def without(seed: int, how) -> Attack:
    """The same programmes, published in another way."""
    made, _ = programme(Random(seed), **FEW)
    people = sorted(made.answers)
    made.shown = [
        Shown(group, line.cells, how(sum(made.answers[p] in line.cells for p in group)))
        for group in (frozenset(people), frozenset(people[1:]))
        for line in made.levels[-1]
    ]
    return attack(made, Random(seed))


def test_rounding_to_the_nearest_five_around_one_submission_would_tell(monkeypatch):
    """What others do: two looks, before and after somebody was added. Here a published number says what is within two."""
    for module in ("steppingup.disclosure.audit", "tests.applications.equality"):
        monkeypatch.setattr(f"{module}.REACH", 2)
    found = sum((without(seed, lambda count: BASE * ((count + 2) // BASE)) for seed in range(12)), Attack())
    assert found.narrowed > 0
    assert found.certain > 0


YES_NO = [(Line("Yes", frozenset(["Yes"])), Line("No", frozenset(["No"])), Line(NOT_KNOWN, frozenset([NOT_KNOWN])))]


def table(answers: dict[int, str], before: list[Shown] | None = None, secret: str = "s") -> protection.Table:
    return protect(key="q", answers=answers, levels=YES_NO, before=before or [], secret=secret)


def test_a_group_that_is_all_of_one_kind_is_not_shown_to_be():
    for answer in ("Yes", "No", NOT_KNOWN):
        answers = dict.fromkeys(range(20), answer)
        made = Sequence(answers, YES_NO, table(answers).shown(frozenset(answers)))
        result = attack(made, Random(1))
        assert (result.cells, result.narrowed) == (3, 0)


def test_which_headings_and_whether_depends_on_how_many_people_there_are_and_on_nothing_they_answered():
    for number in (14, 15, 40):
        shapes = {
            (bool(found.lines), found.withheld)
            for seed in range(20)
            for found in [table({person: Random(person * seed).choice(["Yes", "No"]) for person in range(number)})]
        }
        assert shapes == {(number > 14, "" if number > 14 else protection.too_few(YES_NO))}


def test_the_same_people_give_the_same_numbers_and_another_secret_gives_others():
    answers = {person: "Yes" if person % 3 else "No" for person in range(31)}
    assert table(answers) == table(answers)
    assert len({table(answers, secret=str(n)).lines for n in range(12)}) > 1


def test_a_table_in_two_hundred_is_left_out_by_lot_whatever_was_answered():
    left_out = [n for n in range(300) if table(dict.fromkeys(range(n, n + 15), "Yes")).withheld == protection.BY_LOT]
    assert 0 < len(left_out) < 8
    again = [n for n in left_out if table(dict.fromkeys(range(n, n + 15), "No")).withheld == protection.BY_LOT]
    assert again == left_out


def test_where_every_draw_would_tell_the_table_is_left_out():
    """Earlier numbers that leave one arrangement only, which nothing we publish does."""
    answers = dict.fromkeys(range(15), "Yes")
    told = [Shown(frozenset(answers), frozenset([cell]), number) for cell, number in (("Yes", 19), ("No", 0))]
    assert table(answers, told).withheld == protection.BY_LOT


def test_rounding_is_fair():
    for count in range(20):
        assert sum(rounded(count, lot) for lot in range(BASE)) == BASE * count


def test_an_answer_that_nobody_was_offered_is_not_watched():
    """Two wordings of a question: whoever was asked the first cannot have given an answer of the second."""
    first, second = frozenset(range(20)), frozenset(range(20, 40))
    shown = [Shown(first, frozenset([cell]), 5) for cell in ("a", NOT_KNOWN)]
    shown += [Shown(second, frozenset([cell]), 5) for cell in ("a", "b", NOT_KNOWN)]
    watched = Knowledge(shown, ()).watched()
    assert Watched(first, frozenset("b"), 5) not in watched
    assert Watched(second, frozenset("b"), 5) in watched
    assert groups_looked_at(Knowledge(shown, ())) == [first, second]
