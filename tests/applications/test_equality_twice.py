"""Whoever applies twice, for two cohorts or two programmes, is one person: what is published of both is held against each other."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from django.utils import timezone

from applications.actions.late import give_time
from applications.equality.questions import to_keep
from applications.equality.releasing import asked_of
from applications.models import Application, EqualityQuestion, EqualityResponse, Window
from applications.states import APPLICATION
from steppingup.accounts.models import User
from steppingup.disclosure import protection
from steppingup.disclosure.audit import Knowledge
from steppingup.history.lifecycle import NotPossible
from tests.applications.equality import Attack, Sequence, attack, question
from tests.applications.test_equality_figures import applied, closed, publish, table
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import ProgrammeFactory, PublishedCohortFactory
from tests.factories.review import coordinator, window

pytestmark = pytest.mark.django_db
REFERENCES = count(10_000)


@pytest.fixture(autouse=True)
def nothing_left_out_by_lot(monkeypatch):
    monkeypatch.setattr(protection, "LEFT_OUT", 2**64)


def apply_again(of: Window, people: Iterable[User], sex: str = "") -> None:
    """These people apply for this cohort too, and have closed it."""
    employer = OrganisationFactory()
    made = Application.objects.bulk_create(
        Application(applicant=one, cohort=of.cohort, reference=f"AG-{next(REFERENCES)}", employer=employer)
        for one in people
    )
    for one in made:
        APPLICATION.move(one, "submit", submitted_at=timezone.now())
        if sex:
            asked = EqualityQuestion.objects.asked_on(timezone.localdate(), of.cohort.programme.nation)
            EqualityResponse.objects.create(application=one, answers=to_keep({"sex": sex}, asked))
    Window.objects.filter(pk=of.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    of.refresh_from_db()


def another_cohort(of: Window) -> Window:
    cohort = PublishedCohortFactory(programme=of.cohort.programme, plan=of.cohort.plan, fee=0)
    return Window.objects.create(cohort=cohort, opens_at=of.opens_at, closes_at=of.closes_at)


def another_programme(of: Window) -> Window:
    programme = ProgrammeFactory(provider=of.cohort.programme.provider)
    return WindowFactory(cohort=PublishedCohortFactory(programme=programme, fee=0))


def applicants(of: Window) -> list[User]:
    return [one.applicant for one in of.cohort.applications.select_related("applicant").order_by("pk")]


@pytest.mark.parametrize("another", [another_cohort, another_programme])
def test_the_same_people_or_nearly_are_not_published_again_as_applicants_for_something_else(another):
    of = closed(20)
    release, people = publish(of), applicants(of)
    same, near, far = another(of), another(of), another(of)
    apply_again(same, people)
    named = f"“{release}”" + (f" of {of.cohort.programme}" if another is another_programme else "")
    with pytest.raises(NotPossible, match=f"These are the same people as in {named}, published"):
        publish(same)
    apply_again(near, [*people[1:], UserFactory()])
    with pytest.raises(NotPossible, match=f"Between these people and those in {named}, published"):
        publish(near)
    apply_again(far, [*people[:12], *(UserFactory() for _ in range(8))])
    assert publish(far).number == 20


def test_other_providers_figures_stop_nothing_and_are_named_to_nobody():
    of, elsewhere = closed(20), window()
    publish(of)
    apply_again(elsewhere, applicants(of))
    assert publish(elsewhere).number == 20


def test_somebody_who_applied_for_two_cohorts_is_counted_once_with_the_latest_answer():
    of = closed(20)
    people, second = applicants(of), another_cohort(of)
    apply_again(second, people[:5], sex="male")
    applied(second, 20, answering={"sex": ["male"]})
    release = publish(of, all_cohorts=True)
    assert release.number == 40
    men = table(release, "sex")["lines"][1]["number"]
    first = EqualityResponse.objects.filter(application__cohort=of.cohort, application__applicant__in=people[5:])
    true = 25 + sum(one.answers["sex"]["answer"] == "male" for one in first)
    assert abs(men - true) < 5


def test_whoever_had_more_time_is_counted_as_they_answered_then():
    """A wording that began between the closing and the end of their time."""
    old, new = EqualityQuestion.objects.filter(key="religion").order_by("asked_from")
    of = window()
    last = timezone.localdate(of.closes_at) + timedelta(days=2)
    give_time(window=of, email="late@example.org", last_day=last, reason="Ill.", by=coordinator(of))
    before = timezone.make_aware(timezone.datetime.combine(new.asked_from, timezone.datetime.min.time()))
    Window.objects.filter(pk=of.pk).update(opens_at=before - timedelta(days=9), closes_at=before - timedelta(days=1))
    of.cohort.window.refresh_from_db()
    [found] = [one for one in asked_of([of.cohort]) if one.question.key == "religion"]
    assert {option.question_id for option in found.options} == {old.pk, new.pk}


def crossing(seed: int) -> Sequence:
    """Two groups with most of their people in common: who applied for one cohort, and for the next."""
    random = Random(seed)
    levels = question(random, 4)
    cells = sorted(cell for line in levels[0] for cell in line.cells)
    common, weights = random.randint(10, 14), [random.random() ** 4 for _ in cells]
    made = Sequence({person: random.choices(cells, weights)[0] for person in range(common + 12)}, levels)
    for group in (range(common + 6), [*range(common), *range(common + 6, common + 12)]):
        made.publish(frozenset(group), secret=f"{seed}")
    return made


def test_nobody_is_found_by_looking_at_two_groups_in_which_the_same_people_are():
    found = [crossing(seed) for seed in range(8)]
    assert sum((attack(made, Random(1)) for made in found), Attack()).narrowed == 0
    assert sum(len(Knowledge(made.shown, made.cells).groups) == 2 for made in found) > 4


def test_the_same_people_taken_for_others_each_time_would_be_found_out():
    """What is published of applications, as if each were somebody else: whoever knows better adds it up."""
    random, seed = Random(53), 53
    levels = question(random, 5)
    cells = sorted(cell for line in levels[0] for cell in line.cells)
    number = random.randint(20, 30)
    weights = [random.random() ** random.choice((4, 40)) for _ in cells]
    made = Sequence({person: random.choices(cells, weights)[0] for person in range(number)}, levels)
    for time in range(3):
        apart = {100 * time + person: answer for person, answer in made.answers.items()}
        found = protection.protect(key="q", answers=apart, levels=levels, before=[], secret=f"{seed}")
        made.shown += found.shown(frozenset(made.answers))
    assert attack(made, random).certain == 4
