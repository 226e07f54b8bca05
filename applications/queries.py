"""Questions about windows, applications and reviews, with names from the domain."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from applications.ranking import Candidate
from applications.states import (
    LIVE,
    RANKED,
    TO_REVIEW,
    WANTS_SCORES,
    ApplicationStatus,
    InterviewStatus,
    OfferStatus,
    ReviewStatus,
    Verdict,
)
from cohorts.states import CohortStatus
from steppingup.accounts.actors import providers_with
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission

if TYPE_CHECKING:
    from applications.models import Application, Interest, Review, Window
    from cohorts.models import Cohort


class WindowQuerySet(models.QuerySet["Window"]):
    def open_at(self, moment: datetime | None = None) -> Self:
        """Windows that are open at the moment: from `opens_at`, until the second before `closes_at`."""
        moment = moment or timezone.now()
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)

    def public(self) -> Self:
        """Windows of cohorts that people may apply for: published, of a published programme."""
        return self.filter(cohort__status=CohortStatus.PUBLISHED, cohort__programme__is_published=True)

    def coming(self, moment: datetime | None = None) -> Self:
        """Windows that have not opened yet."""
        return self.filter(opens_at__gt=moment or timezone.now())

    def closed(self, moment: datetime | None = None) -> Self:
        return self.filter(closes_at__lte=moment or timezone.now())


class InterestQuerySet(models.QuerySet["Interest"]):
    def standing(self) -> Self:
        """Confirmed, and not left."""
        return self.filter(confirmed_at__isnull=False, left_at=None)

    def to_tell_of(self, window: "Window") -> Self:
        """Those who asked to be told of this programme and have not been told of this window."""
        return self.standing().filter(programme=window.cohort.programme_id).exclude(told__window=window)

    def for_staff(self, user: User, permission: Permission) -> Self:
        providers = providers_with(user, permission)
        return self if providers is None else self.filter(programme__provider__in=providers)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def of_applicant(self, user: User) -> Self:
        return self.filter(applicant=user)

    def submitted(self) -> Self:
        return self.exclude(status=ApplicationStatus.DRAFT)

    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def for_staff(self, user: User, permission: Permission) -> Self:
        from cohorts.models import Cohort

        return self.filter(cohort__in=Cohort.objects.for_staff(user, permission))

    def with_scores(self) -> Self:
        """Adds `mean_total`, `spread` (highest minus lowest total) and `reviews_done`, by one join over reviews."""
        done = Q(reviews__status=ReviewStatus.SUBMITTED)
        return self.annotate(
            mean_total=Avg("reviews__total", filter=done),
            spread=models.Max("reviews__total", filter=done) - models.Min("reviews__total", filter=done),
            reviews_done=Count("reviews", filter=done),
        )

    def waiting_in_order(self) -> Self:
        """The waiting list: the mean of the review totals, then the interview's total, then who submitted first."""
        from applications.models import Interview, Review

        reviews = Review.objects.filter(application=OuterRef("pk"), status=ReviewStatus.SUBMITTED).order_by()
        mean = reviews.values("application").annotate(mean=Avg("total")).values("mean")
        interview = Interview.objects.filter(application=OuterRef("pk"), status=InterviewStatus.HELD)
        return (
            self.filter(status=ApplicationStatus.WAITING)
            .annotate(mean_total=Subquery(mean), interview_total=Subquery(interview.values("total")[:1]))
            .order_by(
                F("mean_total").desc(nulls_last=True),
                F("interview_total").desc(nulls_last=True),
                "submitted_at",
                "pk",
            )
        )

    def within_reach(self) -> Self:
        """Those on the waiting list for whom a place is free: as many of each cohort, in the order of the list, as there
        are places that nobody holds and no open offer is for."""
        from applications.models import Application
        from cohorts.models import Enrolment

        def number(rows: models.QuerySet) -> Coalesce:
            counted = rows.order_by().values("cohort").annotate(number=Count("pk")).values("number")
            return Coalesce(Subquery(counted), 0)

        held = Enrolment.objects.holding_a_place().filter(cohort=OuterRef("cohort"))
        offered = Application.objects.filter(cohort=OuterRef("cohort"), status=ApplicationStatus.OFFERED)
        waiting = Application.objects.waiting_in_order()
        order: Any = waiting.query.order_by
        place = models.Window(RowNumber(), partition_by="cohort", order_by=order)
        free = waiting.annotate(place=place, free=F("cohort__capacity") - number(held) - number(offered))
        return self.filter(pk__in=free.filter(place__lte=F("free")).order_by().values("pk"))

    @staticmethod
    def _review_numbers() -> dict[str, Any]:
        """`active`: assessors who have it or have scored it; `scored`; `wanted`: how many the window asks for."""
        from applications.models import Review, Window

        def number(*statuses: ReviewStatus) -> Coalesce:
            found = Review.objects.filter(application=OuterRef("pk"), status__in=statuses).order_by()
            counted = found.values("application").annotate(number=Count("pk")).values("number")
            return Coalesce(Subquery(counted, output_field=models.IntegerField()), 0)

        wanted = Window.objects.filter(cohort=OuterRef("cohort")).values("assessors_each")
        return {
            "active": number(ReviewStatus.ASSIGNED, ReviewStatus.SUBMITTED),
            "scored": number(ReviewStatus.SUBMITTED),
            "wanted": Subquery(wanted),
        }

    def _counting_reviews(self) -> Self:
        return self.alias(**self._review_numbers())

    def _to_review_by_numbers(self) -> Any:
        """Those to be reviewed, grouped: the numbers of `_review_numbers()` by one join, for filters over many."""
        given = Q(reviews__status=ReviewStatus.SUBMITTED)
        rows = self.filter(status__in=TO_REVIEW).order_by().values("pk", "status")
        return rows.annotate(
            active=Count("reviews", filter=given | Q(reviews__status=ReviewStatus.ASSIGNED)),
            scored=Count("reviews", filter=given),
            wanted=F("cohort__window__assessors_each"),
        )

    def lacking_assessors(self) -> Self:
        """To be reviewed, and fewer assessors than the window asks for."""
        return self.filter(pk__in=self._to_review_by_numbers().filter(active__lt=F("wanted")).values("pk"))

    def awaiting_scores(self) -> Self:
        """To be reviewed: everybody who should score it has it, and not everybody has scored."""
        rows = self._to_review_by_numbers().filter(active__gte=F("wanted"), scored__lt=F("wanted"))
        return self.filter(pk__in=rows.values("pk"))

    def fully_scored(self) -> Self:
        return self._counting_reviews().filter(scored__gte=F("wanted"))

    def count_reviews(self) -> dict[str, int]:
        """How many of these lack assessors, wait for scores, or are fully scored and not decided: one query."""
        return self._to_review_by_numbers().aggregate(
            to_assign=Count("pk", filter=Q(active__lt=F("wanted"))),
            to_score=Count("pk", filter=Q(active__gte=F("wanted"), scored__lt=F("wanted"))),
            to_decide=Count("pk", filter=Q(scored__gte=F("wanted"), status=ApplicationStatus.IN_REVIEW)),
        )

    def without_scores(self) -> Self:
        return self._counting_reviews().filter(scored=0)

    def awaiting_record(self, moment: datetime | None = None) -> Self:
        """The hour of the interview has come, and nobody has written down what came of it."""
        from applications.models import Interview

        begun = Interview.objects.filter(application=OuterRef("pk"), status=InterviewStatus.ARRANGED)
        begun = begun.filter(starts_at__lte=moment or timezone.now())
        return self.filter(Exists(begun), status=ApplicationStatus.INTERVIEW)

    def of_unknown_employers(self) -> Self:
        """Still alive, and the employer was typed and is not settled: no place can be offered before it is."""
        return self.filter(status__in=LIVE, employer=None)

    def with_answers_to_look_at(self) -> Self:
        """To be reviewed, and some answer to the conditions was no plain yes: we said that we would like to look at it."""
        from applications.models import EligibilityAnswer

        look = Q(answer="no", question__if_no=Verdict.ASK) | Q(answer="not_sure", question__if_not_sure=Verdict.ASK)
        answers = EligibilityAnswer.objects.filter(look, application=OuterRef("pk"))
        return self.filter(Exists(answers), status__in=TO_REVIEW)

    def with_open_offer(self) -> Self:
        from applications.models import Offer

        return self.filter(Exists(Offer.objects.filter(application=OuterRef("pk"), status=OfferStatus.MADE)))


def place_on_waiting_list(application: "Application") -> int | None:
    """1 for the next to be offered a place; None for somebody who is not on the list."""
    from applications.models import Application

    waiting = Application.objects.filter(cohort=application.cohort_id).waiting_in_order()
    for place, pk in enumerate(waiting.values_list("pk", flat=True), 1):
        if pk == application.pk:
            return place
    return None


def places_left(cohort: "Cohort") -> tuple[int, int]:
    """Places that nobody holds, and how many offers are open for them."""
    from applications.models import Application

    taken = cohort.enrolments.holding_a_place().count()
    return max(cohort.capacity - taken, 0), Application.objects.filter(cohort=cohort).with_open_offer().count()


def candidates_of(cohort: "Cohort") -> list[Candidate]:
    """Everybody who stands in the ranking of the cohort, with their scores: three queries, however many there are."""
    from applications.models import Application, Score, Window

    submitted = Q(review__status=ReviewStatus.SUBMITTED, review__application__cohort=cohort)
    done = Q(reviews__status=ReviewStatus.SUBMITTED)
    top = Window.objects.filter(cohort=cohort).values_list("max_score", flat=True).first()
    highest = dict(
        Score.objects.filter(submitted, value=top)
        .order_by()
        .values_list("review__application")
        .annotate(number=Count("pk"))
    )
    rows = (
        Application.objects.filter(cohort=cohort, status__in=RANKED)
        .with_scores()
        .annotate(points=models.Sum("reviews__total", filter=done))
        .order_by()
        .values_list("pk", "submitted_at", "points", "spread", "reviews_done")
    )
    # The division is rounded the same for equal fractions, so that 20/2 ties with 30/3.
    return [
        Candidate(pk, points / given if given else None, highest.get(pk, 0), at, spread or 0, given)
        for pk, at, points, spread, given in rows
        if at is not None  # the database sees to it that there is none
    ]


class ReviewQuerySet(models.QuerySet["Review"]):
    def of_assessor(self, user: User) -> Self:
        return self.filter(assessor=user)

    def to_do(self) -> Self:
        """Still to be scored, by somebody whose scores are still wanted."""
        return self.filter(status=ReviewStatus.ASSIGNED, application__status__in=WANTS_SCORES)

    def active(self) -> Self:
        return self.exclude(status__in=(ReviewStatus.REMOVED, ReviewStatus.STEPPED_BACK))

    def by_others(self, review: "Review") -> Self:
        """Other assessors' submitted scores: nothing until one's own are submitted."""
        if review.status != ReviewStatus.SUBMITTED:
            return self.none()
        return self.filter(application=review.application_id, status=ReviewStatus.SUBMITTED).exclude(pk=review.pk)
