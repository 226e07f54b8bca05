"""Of those who stepped up, how many the employer has confirmed: counted, published beside the others, and attacked with them (B58)."""

from itertools import pairwise

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.roles import RoleName
from cohorts.models import DestinationAnswer, StepConfirmation
from cohorts.states.destinations import Move
from representation import evidence
from representation.actions import outcomes as publishing
from representation.measuring import outcomes
from representation.measuring.outcomes import NothingFits, Tally
from representation.models import OutcomeRelease
from representation.states import Outcome
from steppingup import clock
from steppingup.disclosure.audit import ENOUGH, REACH
from steppingup.disclosure.tables import SWING, Past
from tests.factories import outcomes as make
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import ProgrammeFactory, day
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B58")]


@pytest.fixture
def provider():
    return ProviderFactory()


@pytest.fixture
def keeper(provider):
    return staff(RoleName.EQUALITY, provider)


@pytest.fixture
def study(provider):
    return make.study(ProgrammeFactory(provider=provider, name="Reach Higher"))


@pytest.fixture
def cohort(study):
    return make.cohort_of(study.programme, 9, 7, 4)


def said(cohort, number: int, said: str = "yes", **more) -> list[StepConfirmation]:
    """So many of those who were promoted had somebody asked, who said this."""
    rows = DestinationAnswer.objects.filter(
        destination__enrolment__cohort=cohort, moves__contains=["promoted"], replaced_at=None, confirmations=None
    )
    given = {"name": "Sam Marsh", "email": "sam@avon.example", "said": said, "answered_at": clock.now(), **more}
    return [StepConfirmation.objects.create(answer=one, **given) for one in rows.order_by("pk")[:number]]


def counted(study, months: int = 12) -> Tally:
    parts = publishing.parts_of(publishing.graduates_of(study), Outcome.CONFIRMED, months, clock.today())
    return sum(parts.values(), outcomes.NOBODY)


# -- counting --------------------------------------------------------------------------------------


def test_who_was_not_asked_is_not_confirmed_and_nobodys_silence(study, cohort):
    assert counted(study) == Tally(20, 0, 0)
    said(cohort, 3)
    said(cohort, 2, "no")
    said(cohort, 1, "unsure")
    said(cohort, 1, "", answered_at=None)
    assert counted(study) == Tally(20, 3, 0)
    assert counted(study, 0) == Tally(20, 0, 0)  # they had not stepped up by then
    stepped = publishing.parts_of(publishing.graduates_of(study), Outcome.STEPPED, 12, clock.today())
    assert stepped[cohort.pk] == Tally(20, 9, 4)  # a “no” changes nothing of what graduates say


def test_what_was_withdrawn_or_replaced_does_not_count(study, cohort):
    first, second, _ = said(cohort, 3)
    StepConfirmation.objects.filter(pk=first.pk).update(withdrawn_at=clock.now())
    assert counted(study) == Tally(20, 2, 0)
    DestinationAnswer.objects.filter(pk=second.answer_id).update(replaced_at=clock.now())
    make.say(second.answer.destination.enrolment, 6, Move.PROMOTED)
    assert counted(study) == Tally(20, 1, 0)


def test_nobody_is_confirmed_who_has_not_stepped_up(study, cohort):
    """What was shown was something else: the row cannot be made by a page, and counts for nothing."""
    other = DestinationAnswer.objects.filter(moves__contains=["wider"]).first()
    given = {"name": "Sam", "email": "sam@avon.example", "said": "yes", "answered_at": clock.now()}
    StepConfirmation.objects.create(answer=other, **given)
    assert counted(study) == Tally(20, 0, 0)


@given(
    people=st.lists(st.dictionaries(st.sampled_from([0, 6, 12]), st.booleans(), max_size=3), max_size=30),
    months=st.sampled_from([0, 6, 12]),
)
def test_the_confirmed_are_never_more_than_stepped_up_and_never_fewer_later(people, months):
    """Each has said at these moments that they stepped up, confirmed or not."""
    answers = [{at: frozenset({"promoted"}) for at in one} for one in people]
    confirmed = [[at for at, is_so in one.items() if is_so] for one in people]
    stepped = outcomes.tally(answers, frozenset({"promoted"}), months)
    assert outcomes.tally_confirmed(confirmed, months).yes <= stepped.yes
    numbers = [outcomes.tally_confirmed(confirmed, at).yes for at in (0, 6, 12)]
    assert all(earlier <= later for earlier, later in pairwise(numbers))


# -- publishing ------------------------------------------------------------------------------------


def publish(study, keeper) -> OutcomeRelease:
    return publishing.publish_outcomes(study=study, by=keeper)


def test_it_is_published_as_a_number_without_a_share_or_a_bound(study, cohort, keeper, client):
    said(cohort, 7)
    release = publish(study, keeper)
    found = release.tallies()[0, Outcome.CONFIRMED, 12]
    assert found.yes % 5 == found.silent == 0
    assert abs(found.yes - 7) <= REACH
    desk = with_second_factor(client, keeper)
    page = reverse("admin:representation_outcomestudy_outcomes", args=[study.pk])
    text = desk.get(page).content.decode()
    assert "of which confirmed by the employer" in text
    assert "Of the others nobody was asked, or nobody has confirmed it." in text
    csv = b"".join(desk.get(f"{page}?export=csv").streaming_content).decode()
    [line] = [one for one in csv.splitlines() if "After 12 months,Stepped up, of which" in one.replace('"', "")][:1]
    cells = line.rsplit('"', 1)[1].split(",")[1:]
    assert cells[0] == "20"
    assert cells[2:8] == [""] * 6


def test_a_paper_says_how_many_are_confirmed(study, cohort, keeper, provider):
    publish(study, keeper)
    assert not any("confirmed" in sentence for sentence in _sentences(provider))
    said(cohort, 9)
    with time_machine.travel(day(95)):
        release = publish(study, keeper)
    stepped, confirmed = (release.tallies()[0, what, 12].yes for what in (Outcome.STEPPED, Outcome.CONFIRMED))
    assert f"About {min(stepped, confirmed)} of them had it confirmed by their employer" in " ".join(
        _sentences(provider)
    )


def _sentences(provider) -> list[str]:
    return [words for one in evidence.read("outcomes", provider) for words in one.sentences]


def test_figures_of_before_have_no_such_line(study, cohort, keeper, client):
    release = publish(study, keeper)
    contents = {**release.contents, "rows": [row for row in release.contents["rows"] if row[1] != "confirmed"]}
    old = OutcomeRelease.objects.create(study=study, contents=contents, apart={}, made_at=clock.now())
    page = reverse("admin:representation_outcomestudy_outcomes", args=[study.pk])
    text = with_second_factor(client, keeper).get(f"{page}?release={old.pk}").content.decode()
    assert "Promoted" in text
    assert "confirmed by the employer" not in text


def test_no_more_are_shown_as_confirmed_than_as_stepped_up(study, cohort, keeper, client):
    release = publish(study, keeper)
    numbers = {"stepped": [40, 5, 5], "confirmed": [40, 10, 0]}
    rows = [[0, what, 12, *three] for what, three in numbers.items()]
    OutcomeRelease.objects.create(study=study, contents={**release.contents, "rows": rows, "left_out": []}, apart={})
    page = reverse("admin:representation_outcomestudy_outcomes", args=[study.pk])
    text = with_second_factor(client, keeper).get(page).content.decode()
    assert "5</td><td colspan" in text
    assert "10</td>" not in text


def test_newer_figures_are_held_against_both_lines(study, cohort, keeper):
    """Published again and again, the two lines stay within a swing of each other where they cut each other."""
    errors: dict[str, list[int]] = {"stepped": [], "confirmed": []}
    for number in range(4):
        said(cohort, 2)
        with time_machine.travel(day(100 * number)):
            release = publish(study, keeper)
        for what, known in errors.items():
            if f"0 {what} 12" in release.apart:
                known.append(release.apart[f"0 {what} 12"][0])
    assert max(errors["stepped"]) - min(errors["confirmed"]) <= SWING


# -- attacked --------------------------------------------------------------------------------------


def possible(seen: list[tuple[int, int, int | None, int | None]]) -> tuple[set[int], set[int]]:
    """The attacker knows how many more stepped up and were confirmed each time, the rules, and every number. Whoever is confirmed has
    stepped up. By how much can each line be off?"""
    shifts = range(-2 * REACH, 2 * REACH + 1)

    def fits(line: int, shift: int) -> bool:
        numbers = [(one[line], one[2 + line]) for one in seen]
        return all(number is None or abs(true + shift - number) <= REACH for true, number in numbers)

    pairs = [
        (a, b)
        for a in shifts
        if fits(0, a)
        for b in shifts
        if fits(1, b) and all(confirmed + b <= stepped + a for stepped, confirmed, _, _ in seen)
    ]
    return {a for a, _ in pairs}, {b for _, b in pairs}


def published(people: int, true: list[tuple[int, int]], key: str) -> list[tuple[int, int, int | None, int | None]]:
    """One release after the other, as they are published: each is held against those before."""
    past: dict[str, list[Past]] = {"stepped": [], "confirmed": []}
    seen = []
    for stepped, confirmed in true:
        numbers: list[int | None] = []
        for place, (what, count) in enumerate((("stepped", stepped), ("confirmed", confirmed))):
            joined = {name: outcomes.join(rows) for name, rows in past.items()}
            known = [
                {0: (joined[name], Past(0, 0)), 1: (joined[name], Past(0, 0))} if joined[name] else {} for name in past
            ]
            before = outcomes.beside(*known)[place]
            try:
                shown = outcomes.release(
                    {1: Tally(people, count, 0)}, before, key=f"{key} {what}", secret="s", has_silent=False
                )
            except NothingFits:
                numbers.append(None)
                continue
            numbers.append(shown[0].yes)
            past[what].append(Past(count - shown[0].yes, count - shown[0].yes))
        seen.append((stepped, confirmed, *numbers))
    return seen


@settings(max_examples=25, deadline=None)
@given(
    start=st.integers(8, 20),
    gap=st.integers(0, 8),
    steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6),
    key=st.text(max_size=2),
)
def test_three_values_of_each_stay_possible_beside_each_other(start, gap, steps, key):
    stepped, confirmed = start, start - gap
    true = [(stepped, confirmed)]
    for more, also in steps:
        stepped = stepped + more
        confirmed = min(stepped, confirmed + also)
        true.append((stepped, confirmed))
    ups, downs = possible(published(60, true, key))
    assert min(len(ups), len(downs)) >= ENOUGH


def test_without_being_held_against_each_other_two_lines_would_give_themselves_away():
    """What `beside` is for: errors of one line at one end, of the other at the other end."""
    seen = [(14, 14, 10, 15), (16, 16, 15, 20)]
    ups, downs = possible(seen)
    assert min(len(ups), len(downs)) < ENOUGH
