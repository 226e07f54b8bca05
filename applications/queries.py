"""Questions about windows, applications and reviews, with names from the domain."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Avg, Count, Q
from django.utils import timezone

from applications.states import LIVE, TO_REVIEW, ApplicationStatus, ReviewStatus
from cohorts.states import CohortStatus
from steppingup.accounts.actors import providers_with
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission

if TYPE_CHECKING:
    from applications.models import Review, Window


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

    def awaiting_review(self) -> Self:
        return self.filter(status__in=TO_REVIEW)

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


class ReviewQuerySet(models.QuerySet["Review"]):
    def of_assessor(self, user: User) -> Self:
        return self.filter(assessor=user)

    def to_do(self) -> Self:
        return self.filter(status=ReviewStatus.ASSIGNED)

    def active(self) -> Self:
        return self.exclude(status__in=(ReviewStatus.REMOVED, ReviewStatus.STEPPED_BACK))

    def by_others(self, review: "Review") -> Self:
        """Other assessors' submitted scores: nothing until one's own are submitted."""
        if review.status != ReviewStatus.SUBMITTED:
            return self.none()
        return self.filter(application=review.application_id, status=ReviewStatus.SUBMITTED).exclude(pk=review.pk)
