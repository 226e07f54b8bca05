"""The order of a cohort's applications, as the database works it out, beside the same order in plain words."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from applications.actions import reviews
from applications.models import Application, Review
from applications.queries import Ranked, in_ranking, ranked
from applications.states import RANKED, ReviewStatus
from applications.states import ApplicationStatus as S
from tests.factories import review as make
from tests.sweeps.ways import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return make.window()


def ranking(window, *states: str) -> list[Ranked]:
    return ranked(in_ranking(window.cohort.applications.all(), states or RANKED))


def filled(window, seed: int) -> dict[int, tuple]:
    """Two dozen applications with few different means, and what decides where each stands: mean, top scores, moment."""
    chance, now, found = random.Random(seed), timezone.now(), {}
    assessors = [make.assessor(window) for _ in range(3)]
    for _ in range(24):
        application, totals, top = make.arrived(window), [], 0
        for assessor in assessors[: chance.randint(0, 3)]:
            review = Review.objects.create(application=application, assessor=assessor)
            if chance.random() < 0.8:
                totals.append(chance.randint(1, 3) * 2)
                given = chance.randint(0, 2)
                top += given
                put(review, ReviewStatus.SUBMITTED, total=totals[-1], top_scores=given, submitted_at=now)
        at = now - timedelta(minutes=chance.randint(0, 2))
        put(application, chance.choice((S.IN_REVIEW, S.IN_REVIEW, S.SUBMITTED)), submitted_at=at)
        found[application.pk] = (sum(totals) / len(totals) if totals else None, top, at)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_ranking_goes_by_mean_then_top_scores_then_submission(window, seed):
    facts = filled(window, seed)
    order = sorted(facts, key=lambda pk: (facts[pk][0] is None, -(facts[pk][0] or 0), -facts[pk][1], facts[pk][2], pk))
    means = [mean for mean, _, _ in facts.values()]
    rows = ranking(window)
    assert [one.pk for one in rows] == order
    assert [one.position for one in rows] == list(range(1, len(facts) + 1))
    assert len({one.rank for one in rows}) < len(rows)  # there are ties to tell
    for one in rows:
        mean = facts[one.pk][0]
        assert one.figures.mean == mean
        assert one.tied == (mean is not None and means.count(mean) > 1)
        assert one.rank == (None if mean is None else sum(other is not None and other > mean for other in means) + 1)


def test_a_state_narrows_what_is_shown_and_not_among_whom_anybody_is_ranked(window):
    filled(window, 4)
    fresh = set(Application.objects.filter(status=S.SUBMITTED).values_list("pk", flat=True))
    assert fresh
    assert ranking(window, S.SUBMITTED) == [one for one in ranking(window) if one.pk in fresh]
    assert ranking(window, S.SHORTLISTED) == []


def test_of_equal_means_the_one_with_more_top_scores_stands_first_until_scores_are_reopened(window):
    by, names = make.coordinator(window), ("even", "uneven")
    even, uneven = (make.arrived(window, name=name) for name in names)
    first, second, *others = make.criteria(window)
    for application, (one, two) in ((even, (3, 3)), (uneven, (5, 1))):
        review = reviews.assign(application=application, assessor=make.assessor(window), by=by)
        values = {first.pk: (one, ""), second.pk: (two, ""), **{other.pk: (2, "") for other in others}}
        reviews.save_scores(review=review, scores=values, by=review.assessor)
        reviews.submit(review=review, by=review.assessor)
    assert [(one.pk, one.rank, one.tied) for one in ranking(window)] == [(uneven.pk, 1, True), (even.pk, 1, True)]
    review = make.fresh(uneven).reviews.get()
    assert review.top_scores == 1
    assert reviews.reopen(review=review, reason="A mistake", by=by).top_scores == 0
    assert [(one.pk, one.rank, one.tied) for one in ranking(window)] == [(even.pk, 1, False), (uneven.pk, None, False)]
