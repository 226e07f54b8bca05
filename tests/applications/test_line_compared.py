"""Was it the programme? What the equality lead reads, and what no number is shown of (issue 10, section 5)."""

from datetime import date, timedelta

import pgtrigger
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.actions import line
from applications.equality import comparing
from applications.models import Line, LineAnswer, LineConsent
from applications.roles import RoleName
from representation import evidence
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats.dates import quarter_of
from tests.factories import review
from tests.factories.accounts import staff
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def of():
    return review.without_interview()


@pytest.fixture
def programme(of):
    return of.cohort.programme


def asked(of, above: int, below: int, *, ups: tuple[int, int] = (5, 5), silent: int = 0, width: int = 10) -> Line:
    """So many on each side who agreed long ago; of each ten so many stepped up, and so many do not answer."""
    made = Line.objects.create(
        cohort=of.cohort,
        score=80,
        top_scores=0,
        submitted_at=clock.now(),
        width=width,
        near_above=above,
        near_below=below,
    )
    long_ago = clock.now() - timedelta(days=200)
    people = User.objects.bulk_create(
        User(email=f"near{made.pk}-{number}@example.org", full_name=f"Near {number}") for number in range(above + below)
    )
    consents, answers = [], []
    for number, person in enumerate(people):
        is_above = number < above
        place, of_side = (number, above) if is_above else (number - above, below)
        points = width * (place + 0.5) / of_side * (1 if is_above else -1)
        consents.append(
            LineConsent(line=made, person=person, points=points, is_above=is_above, wording="x", agreed_at=long_ago)
        )
        if place % 10 >= silent:
            moves = ["promoted"] if (place * 3) % 10 < ups[not is_above] else ["same"]
            answers.append(
                LineAnswer(consent=consents[-1], months=12, asked_at=long_ago, moves=moves, answered_at=long_ago)
            )
    LineConsent.objects.bulk_create(consents)
    LineAnswer.objects.bulk_create(answers)
    return made


def lead(programme, client: Client) -> Client:
    return with_second_factor(client, staff(RoleName.EQUALITY, programme.provider))


def page(programme, client: Client, **query: str):
    return client.get(reverse("applications:comparison", args=[programme.path]), query)


def test_nothing_is_said_where_no_round_had_a_line(programme, client):
    assert comparing.compared(programme) is None
    assert comparing.evidence(programme.provider) == []
    answer = page(programme, lead(programme, client))
    assert "No round had a line yet" in answer.text
    assert page(programme, client, export="csv").status_code == 200  # the page: there is nothing to download


def test_too_few_is_said_in_those_words_with_the_number_that_it_takes(of, programme, client):
    asked(of, 20, 20)
    text = page(programme, lead(programme, client)).text
    assert (
        "There are too few people to tell: it takes 394 who answered on each side, and there are 20 above the line and "
        "20 below it." in text
    )
    assert "Nothing may be concluded" in text
    [result] = evidence.read("comparison", programme.provider)
    assert result.sentences == (f"{programme.name}: {comparing.compared(programme).sentence}",)


@pytest.mark.parametrize(("above", "below"), [(14, 20), (20, 14), (3, 2)])
def test_no_number_is_shown_where_a_side_has_fewer_than_fifteen(of, programme, client, above, below):
    asked(of, above, below, ups=(10, 0))
    found = comparing.compared(programme)
    assert found.result.estimate is None
    answer = page(programme, lead(programme, client))
    facts = dict(answer.context["facts"])
    for where, number in (("above", above), ("below", below)):
        for what in ("Near the line", "Agreed to be asked", "Answered"):
            assert facts[f"{what}, {where}"] == (str(number) if number >= 15 else "fewer than 15")
    assert not [name for name in facts if "Difference" in name or "Interval" in name or "silent" in name]
    assert answer.context["picture"] is None
    assert '<svg class="su-apart"' not in answer.text


def test_a_difference_is_told_with_its_interval_and_what_the_silent_leave_open(of, programme, client):
    asked(of, 600, 600, ups=(8, 3), silent=2)
    found = comparing.compared(programme)
    assert (found.above.near, found.above.agreed, found.above.answered) == (600, 600, 480)
    text = page(programme, lead(programme, client)).text
    assert "of every 100 people stepped up than just below it" in text
    assert "more of every 100" in text
    assert found.result.least < found.result.low < found.result.estimate < found.result.high < found.result.most
    assert '<svg class="su-apart"' in text
    assert len(evidence.read("comparison", programme.provider)[0].sentences) == 2


def test_the_other_two_verdicts_read_as_english(of, programme):
    found = asked(of, 500, 500, ups=(5, 5))
    assert comparing.compared(programme).sentence.startswith("There is no difference that can be told from chance: ")
    LineConsent.objects.all().delete()
    Line.objects.filter(pk=found.pk).delete()
    asked(of, 500, 500, ups=(2, 7))
    assert " fewer of every 100 people stepped up" in comparing.compared(programme).sentence


def test_rounds_of_other_scales_are_measured_in_their_own_widths(of, programme):
    asked(of, 20, 20, width=10)
    other = review.WindowFactory(cohort=review.PublishedCohortFactory(programme=programme, fee=0))
    asked(other, 20, 20, width=100)
    found = comparing.compared(programme)
    assert (found.lines, found.above.answered, found.below.answered) == (2, 40, 40)


def test_one_more_answer_changes_nothing_before_the_quarter_is_over(of, programme):
    assert [quarter_of(date(2026, month, 9)) for month in (1, 3, 4, 12)] == [
        date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 10, 1),
    ]  # fmt: skip
    asked(of, 30, 30, silent=1)
    before = comparing.compared(programme)
    late = LineConsent.objects.filter(answers=None, is_above=True).first()
    LineAnswer.objects.create(consent=late, months=12, moves=["promoted"], answered_at=clock.now())
    assert comparing.compared(programme) == before


@pytest.mark.parametrize("is_above", [True, False])
def test_answers_of_a_side_are_added_five_at_once_or_not_at_all(of, programme, is_above):
    asked(of, 30, 30, silent=6)
    side = "above" if is_above else "below"
    before = comparing.compared(programme)
    late = list(LineConsent.objects.filter(answers=None, is_above=is_above).order_by("pk"))
    for number, one in enumerate(late[:5], 1):
        LineAnswer.objects.create(consent=one, months=12, moves=["promoted"], answered_at=clock.now())
        with time_machine.travel(clock.local() + timedelta(days=93)):
            found = comparing.compared(programme)
        added = getattr(found, side).answered - getattr(before, side).answered
        assert added == (5 if number == 5 else 0)
        if not added:
            assert found.result == before.result
    other = "below" if is_above else "above"
    assert getattr(found, other) == getattr(before, other)


def test_answers_of_the_same_people_in_a_later_year_carry_nobody_in(of, programme):
    """Four who counted before say the same again, and one answers for the first time: nothing changes, as it would be that one."""
    asked(of, 30, 30, silent=1)
    before = comparing.compared(programme)
    again = LineConsent.objects.filter(answers__moves=["same"], is_above=True).order_by("pk")[:4]
    first = LineConsent.objects.filter(answers=None, is_above=True).first()
    for one in (*again, first):
        LineAnswer.objects.create(consent=one, months=24, moves=["same"], answered_at=clock.now())
    with time_machine.travel(clock.local() + timedelta(days=93)):
        assert comparing.compared(programme).result == before.result
        assert comparing.compared(programme).above.answered == before.above.answered


def test_somebody_who_changes_a_counted_answer_counts_as_before_until_others_change_too(of, programme):
    asked(of, 30, 30)
    before = comparing.compared(programme)
    own = LineAnswer.objects.for_steps().filter(moves=["same"], consent__is_above=True).order_by("pk")
    for number, one in enumerate(list(own[:5]), 1):
        changed = line.answer(answer=one, moves=["promoted"], by=one.consent.person)
        assert changed.moves_before == ["same"]
        assert comparing.compared(programme) == before, "in the middle of a quarter nothing changes"
        with time_machine.travel(clock.local() + timedelta(days=93)):
            found = comparing.compared(programme)
        assert (found.result == before.result) is (number < 5)
        assert found.above.answered == before.above.answered
    assert found.result.estimate > before.result.estimate


def test_answers_that_wait_are_added_with_those_of_later_quarters(of, programme):
    asked(of, 30, 30, silent=6)
    before = comparing.compared(programme)
    late = list(LineConsent.objects.filter(answers=None, is_above=True).order_by("pk"))
    for moment, several in ((clock.now(), late[:3]), (clock.now() + timedelta(days=93), late[3:6])):
        for one in several:
            LineAnswer.objects.create(consent=one, months=12, moves=["promoted"], answered_at=moment)
    with time_machine.travel(clock.local() + timedelta(days=93)):
        assert comparing.compared(programme).above.answered == before.above.answered
    with time_machine.travel(clock.local() + timedelta(days=186)):
        assert comparing.compared(programme).above.answered == before.above.answered + 6


def test_what_somebody_takes_back_is_in_no_figure(of, programme):
    asked(of, 30, 30)
    with pgtrigger.ignore():
        LineConsent.objects.filter(is_above=True).first().delete()
    assert comparing.compared(programme).above.agreed == 29


def test_it_is_downloaded_as_it_is_shown(of, programme, client):
    asked(of, 30, 14)
    browser = lead(programme, client)
    lines = page(programme, browser, export="csv").getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Figure,Number"
    assert "Answered, above" in "\n".join(lines)
    assert "fewer than 15" in "\n".join(lines)
    assert page(programme, browser, export="pdf").status_code == 404


def test_only_whoever_sees_equality_figures_reads_it(of, programme, client):
    asked(of, 20, 20)
    for role in (RoleName.COORDINATOR, RoleName.ASSESSOR, RoleName.FINANCE):
        browser = with_second_factor(Client(), staff(role, programme.provider))
        assert page(programme, browser).status_code == 404
    assert page(programme, with_second_factor(Client(), staff(RoleName.EQUALITY))).status_code == 404
