"""Peer groups before they are made: who should not be together, and the best mix for a cohort (B11)."""

from typing import Any, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from cohorts.models.cohort import Cohort
from cohorts.models.enrolment import Enrolment
from cohorts.permissions import CohortPermission
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet

MOST_GROUPS = 20


class GroupingQuerySet(ScopedQuerySet["Grouping"]):
    def unfinished(self) -> Self:
        """Nothing has come of them yet."""
        return self.filter(made_at=None)

    def for_steps(self) -> Self:
        return self.select_related("cohort__programme__provider", "cohort__plan", "made_by")


@pghistory.track()
class Grouping(models.Model):
    """The best mix of a cohort's people in so many peer groups, worked out, changed by hand, and made."""

    retention = "With the cohort: 6 years after it ends."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="groupings")
    number = models.PositiveSmallIntegerField(
        "how many groups", validators=[MinValueValidator(1), MaxValueValidator(MOST_GROUPS)]
    )
    begun_at = models.DateTimeField("begun", default=clock.now, editable=False)
    # What the solver found, and the score below which nothing can be; less is better.
    score = models.PositiveIntegerField(null=True, blank=True, editable=False)
    least = models.PositiveIntegerField("best possible score", null=True, blank=True, editable=False)
    proposed_at = models.DateTimeField("last worked out", null=True, blank=True, editable=False)
    made_at = models.DateTimeField("made", null=True, blank=True, editable=False)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="cohort")
    objects = GroupingQuerySet.as_manager()

    class Meta:
        verbose_name = "proposal of peer groups"
        verbose_name_plural = "proposals of peer groups"
        ordering = ("-begun_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["cohort"],
                condition=Q(made_at=None),
                name="grouping_once",
                violation_error_message="Peer groups are being proposed for this cohort already.",
            ),
            models.CheckConstraint(
                condition=Q(made_at=None, made_by=None) | Q(made_at__isnull=False), name="grouping_made_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(score=None, least=None, proposed_at=None)
                | Q(score__isnull=False, least__isnull=False, proposed_at__isnull=False, least__lte=F("score")),
                name="grouping_worked_out",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_GROUPS),
                name="grouping_has_groups",
                violation_error_message=f"Say how many groups: a number from 1 to {MOST_GROUPS}.",
            ),
        ]

    def __str__(self) -> str:
        return f"Peer groups of {self.cohort}"

    @property
    def is_best(self) -> bool:
        """Can nothing be better than what was worked out?"""
        return self.score is not None and self.score == self.least


class GroupProposalQuerySet(ScopedQuerySet["GroupProposal"]):
    def for_steps(self) -> Self:
        return self.select_related(
            *("enrolment__participant", "enrolment__employer", "enrolment__peer_group"),
            *("grouping__cohort__programme__provider",),
        )


@pghistory.track()
class GroupProposal(models.Model):
    """One participant and the group that is proposed for them, counted from 1. Nobody but staff sees it."""

    retention = "With the enrolment: 6 years after the cohort ends."

    grouping = models.ForeignKey(Grouping, on_delete=models.CASCADE, related_name="proposals")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="group_proposals")
    number = models.PositiveSmallIntegerField("group")
    is_locked = models.BooleanField("locked", default=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="enrolment", about="enrolment__participant")
    objects = GroupProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "proposed place in a peer group"
        verbose_name_plural = "proposed places in peer groups"
        ordering = ("number", "enrolment__participant__full_name", "pk")
        constraints = [
            models.UniqueConstraint(fields=["grouping", "enrolment"], name="group_proposed_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=MOST_GROUPS), name="group_proposal_number"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: group {self.number}"


class ApartQuerySet(ScopedQuerySet["Apart"]):
    def within(self, cohort: Cohort) -> Self:
        """The pairs of which both are in this cohort."""
        return self.filter(one__cohort=cohort, other__cohort=cohort)

    def for_steps(self) -> Self:
        return self.select_related(
            "one__participant", "other__participant", "one__cohort__programme__provider", "said_by"
        )


@pghistory.track()
class Apart(models.Model):
    """Two participants of a cohort who are not to be in one peer group. Why is neither asked nor kept, and neither of them is told."""

    retention = "With the enrolment: 6 years after the cohort ends."

    one = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="apart_from")
    other = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField("said", default=clock.now, editable=False)
    said_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="one", about="one__participant")
    objects = ApartQuerySet.as_manager()

    class Meta:
        verbose_name = "pair to keep apart"
        verbose_name_plural = "pairs to keep apart"
        ordering = ("one__participant__full_name", "other__participant__full_name", "pk")
        constraints = [
            # The one who joined first is the one, so that a pair is there once.
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="apart_in_order"),
            models.UniqueConstraint(fields=["one", "other"], name="apart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one.participant} and {self.other.participant}"

    @property
    def pair(self) -> frozenset[Any]:
        return frozenset((self.one_id, self.other_id))
