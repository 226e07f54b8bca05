"""Blind reviews by assessors who are not of the applicant's organisation."""

from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from applications.models.application import Application
from applications.models.rules import Criterion
from applications.permissions import ApplicationPermission
from applications.states import REVIEW, WANTS_SCORES, ReviewStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.history.guards import other_organisation


class ReviewQuerySet(ScopedQuerySet["Review"]):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """Scoring is blind (design rule 7): by the permission to score, an assessor lists their own reviews only."""
        found = super().visible_to(user, permission)
        return found.of_assessor(user) if permission in (None, ApplicationPermission.SCORE_APPLICATIONS) else found

    def of_assessor(self, user: User) -> Self:
        return self.filter(assessor=user.pk)

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

    def for_steps(self) -> Self:
        related = ("cohort__programme__provider", "cohort__window", "applicant", "employer")
        return self.select_related("assessor", "assigned_by", *(f"application__{name}" for name in related))


#: Equal fractions give the same floating-point number (20/2 and 30/3), and so tie.
ADD_UP = """
    subject := COALESCE(NEW.application_id, OLD.application_id);
    -- Whoever waits here for another assessor's scores must read them too: the statement after the lock sees what is there now.
    PERFORM 1 FROM applications_application WHERE id = subject FOR NO KEY UPDATE;
    UPDATE applications_application
       SET (reviews_active, reviews_given, mean_total, lowest_total, highest_total, top_scores) = (
           SELECT COUNT(*) FILTER (WHERE status NOT IN ('stepped_back', 'removed')),
                  COUNT(total), SUM(total)::float / NULLIF(COUNT(total), 0), MIN(total), MAX(total),
                  COALESCE(SUM(top_scores), 0)
             FROM applications_review WHERE application_id = subject)
     WHERE id = subject;
    RETURN NULL;
"""


@pghistory.track()
class Review(models.Model):
    """One assessor's scoring of one application. `total` is the sum of the scores, `top_scores` the number of criteria
    that were given the highest score; both are fixed when it is submitted."""

    retention = "With the application."

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=20, choices=ReviewStatus, default=ReviewStatus.ASSIGNED, editable=False)
    assigned_at = models.DateTimeField(default=clock.now, editable=False)
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    total = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    top_scores = models.PositiveSmallIntegerField(default=0, editable=False)
    comment = models.TextField("overall comment", blank=True)
    stepped_back_reason = models.TextField(blank=True, editable=False)

    visibility = Scope(see=ApplicationPermission.SCORE_APPLICATIONS, through="application")
    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("assigned_at", "pk")
        constraints = [
            # Whoever was taken off can be assigned again; whoever stepped back cannot.
            models.UniqueConstraint(
                fields=["application", "assessor"],
                condition=~Q(status=ReviewStatus.REMOVED),
                name="one_review_by_an_assessor",
            ),
            models.CheckConstraint(
                condition=Q(status=ReviewStatus.SUBMITTED, submitted_at__isnull=False, total__isnull=False)
                | (~Q(status=ReviewStatus.SUBMITTED) & Q(submitted_at=None, total=None)),
                name="review_submission_dated",
            ),
        ]
        # “My reviews”, and what an assessor still has to score.
        indexes = [models.Index(fields=["assessor", "status"])]
        triggers = [
            *REVIEW.triggers(),
            other_organisation(
                "assessor_is_impartial",
                # Somebody who has moved to the applicant's organisation can still step back or be taken off.
                "SELECT organisation_id FROM accounts_user WHERE id = NEW.assessor_id"
                " AND NEW.status NOT IN ('stepped_back', 'removed')",
                # An employer that was typed counts as the organisation with that name (`impartiality.families_of`).
                "SELECT coalesce(a.employer_id, (SELECT o.id FROM accounts_organisation o"
                " WHERE a.employer_name <> '' AND same_organisation(o.name) = same_organisation(a.employer_name)))"
                " FROM applications_application a WHERE a.id = NEW.application_id",
                "SELECT p.reach FROM applications_application a JOIN cohorts_cohort c ON c.id = a.cohort_id"
                " JOIN cohorts_programme p ON p.id = c.programme_id WHERE a.id = NEW.application_id",
                "The assessor must be of another organisation than the applicant.",
            ),
            # Whatever changes a review, one row or many at once, the sums in its application's row are true with it.
            pgtrigger.Trigger(
                name="adds_up_scores",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("status", "total", "top_scores") | pgtrigger.Delete,
                declare=[("subject", "integer")],
                func=ADD_UP,
            ),
            # Also where rows are made many at once, which no action sees one by one.
            pgtrigger.Trigger(
                name="nobody_scores_themselves",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (SELECT 1 FROM applications_application
                               WHERE id = NEW.application_id AND applicant_id = NEW.assessor_id) THEN
                        RAISE EXCEPTION 'Nobody scores their own application.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.application.reference}"

    @property
    def message_facts(self) -> dict[str, str]:
        """What emails to the assessor say of it: never who applied."""
        facts = self.application.message_facts
        return {name: facts[name] for name in ("programme", "cohort", "reference")}


class Score(ScopedModel):
    """A score against one criterion, with the assessor's comment."""

    retention = "With the application."

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)

    visibility = Scope(through="review")

    class Meta:
        ordering = ("criterion__order", "pk")
        constraints = [models.UniqueConstraint(fields=["review", "criterion"], name="score_once")]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"
