"""The order of a cohort's applications, as the database works it out, beside the same order in plain words."""

import random
from datetime import timedelta
from functools import partial

import pgtrigger
import pytest
from django.db.models import F
from django.utils import timezone

from applications.actions import reviews
from applications.models import Application, Review
from applications.queries import Ranked, in_ranking, ranked
from applications.states import RANKED, ReviewStatus
from applications.states import ApplicationStatus as S
from tests.factories import review as make
from tests.racing import meanwhile
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


def sums_of(application: Application) -> tuple:
    """In plain words, what the database keeps with the application."""
    found = list(application.reviews.exclude(status__in=(ReviewStatus.REMOVED, ReviewStatus.STEPPED_BACK)))
    totals = [one.total for one in found if one.total is not None]
    mean = sum(totals) / len(totals) if totals else None
    tops = sum(one.top_scores for one in found if one.total is not None)
    return len(found), len(totals), mean, min(totals, default=None), max(totals, default=None), tops


def kept(application: Application) -> tuple:
    fresh = make.fresh(application)
    return fresh.reviews_active, *fresh.figures, fresh.top_scores


@pytest.mark.parametrize("seed", range(4))
def test_what_reviews_come_to_is_true_after_whatever_is_done_with_them(window, seed):
    chance, now = random.Random(seed), timezone.now()
    both = [make.arrived(window) for _ in range(2)]
    assessors = [make.assessor(window) for _ in range(4)]
    for _ in range(25):
        application = chance.choice(both)
        free = [one for one in assessors if not application.reviews.filter(assessor=one).exists()]
        rows = list(application.reviews.all())
        match chance.choice(("assign", "score", "score", "reopen", "remove", "all", "delete")) if rows else "assign":
            case "assign":
                Review.objects.bulk_create(Review(application=application, assessor=one) for one in free[:2])
            case "score":
                given = {"total": chance.randint(0, 30), "top_scores": chance.randint(0, 6), "submitted_at": now}
                put(chance.choice(rows), ReviewStatus.SUBMITTED, **given)
            case "reopen":
                put(chance.choice(rows), ReviewStatus.ASSIGNED, total=None, submitted_at=None, top_scores=0)
            case "remove":
                put(chance.choice(rows), ReviewStatus.REMOVED, total=None, submitted_at=None, top_scores=0)
            case "all":
                scored = application.reviews.filter(status=ReviewStatus.SUBMITTED)
                with pgtrigger.ignore("applications.Review:update_update"):
                    scored.update(total=F("total") + 1)
            case "delete":
                chance.choice(rows).delete()
        assert [kept(one) for one in both] == [sums_of(one) for one in both]


@pytest.mark.django_db(transaction=True)
def test_two_assessors_who_submit_at_once_are_both_counted(window):
    application = make.arrived(window)
    rows = [Review.objects.create(application=application, assessor=make.assessor(window)) for _ in range(2)]
    done = {"status": ReviewStatus.SUBMITTED, "submitted_at": timezone.now()}
    # Past the action, which would let one wait for the other before either has read anything.
    meanwhile(
        *(partial(Review.objects.filter(pk=row.pk).update, total=9 + place, **done) for place, row in enumerate(rows))
    )
    assert kept(application) == (2, 2, 9.5, 9, 10, 0)


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
