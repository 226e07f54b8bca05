"""Choosing assignments: participants say which opportunities they would like, and the best for all of them is proposed (B7, B8, L6)."""

from datetime import date
from typing import Any, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.models.cohort import Cohort
from cohorts.models.enrolment import Enrolment
from cohorts.models.opportunities import Opportunity
from cohorts.models.plan import Component
from cohorts.permissions import CohortPermission
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField

MOST_CHOICES = 10


class ChoosingQuerySet(ScopedQuerySet["Choosing"]):
    def under_way(self) -> Self:
        """Participants can still say what they would like."""
        return self.filter(closes_on__gte=clock.today(), published_at=None)

    def to_propose(self) -> Self:
        """Everybody has had their time, and nothing is published."""
        return self.filter(closes_on__lt=clock.today(), published_at=None)

    def for_steps(self) -> Self:
        return self.select_related("cohort__programme__provider", "cohort__plan", "component")


@pghistory.track()
class Choosing(models.Model):
    """The participants of a cohort say, until a day, which opportunities for a part of the plan they would like; then the best for all
    of them is worked out, adjusted by hand, and published."""

    retention = "With the cohort: 6 years after it ends."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="choosings")
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="+", verbose_name="part of the plan"
    )
    closes_on = DayField("participants say it until")
    most = models.PositiveSmallIntegerField(
        "how many each can choose", default=5, validators=[MinValueValidator(1), MaxValueValidator(MOST_CHOICES)]
    )
    opened_at = models.DateTimeField("opened", default=clock.now, editable=False)
    proposed_at = models.DateTimeField("last worked out", null=True, blank=True, editable=False)
    published_at = models.DateTimeField("published", null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="cohort")
    objects = ChoosingQuerySet.as_manager()

    class Meta:
        verbose_name = "choosing of assignments"
        verbose_name_plural = "choosing of assignments"
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "component"],
                condition=Q(published_at=None),
                name="choosing_once",
                violation_error_message="Participants are choosing already.",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None) | Q(published_at__isnull=False),
                name="choosing_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(most__gte=1, most__lte=MOST_CHOICES),
                name="choosing_has_choices",
                violation_error_message=f"Say how many each can choose: a number from 1 to {MOST_CHOICES}.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} of {self.cohort}"

    @property
    def is_under_way(self) -> bool:
        """As in `under_way()`."""
        closes: date = self.closes_on
        return self.published_at is None and closes >= clock.today()

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return self.cohort.message_facts


@pghistory.track()
class Ranking(ScopedModel):
    """The opportunities that one participant would like, the first the dearest."""

    retention = "With the enrolment: 6 years after the cohort ends."

    choosing = models.ForeignKey(Choosing, on_delete=models.CASCADE, related_name="rankings")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="rankings")
    # The numbers of opportunities; which of them are still open is asked when it is read.
    choices = models.JSONField(default=list, blank=True)
    said_at = models.DateTimeField("last said", default=clock.now, editable=False)

    visibility = Scope(through="enrolment")

    class Meta:
        verbose_name = "choice of assignments"
        verbose_name_plural = "choices of assignments"
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["choosing", "enrolment"], name="ranked_once")]

    def __str__(self) -> str:
        return f"What {self.enrolment.participant} would like"


class ProposalQuerySet(ScopedQuerySet["PlacementProposal"]):
    def of_unpublished(self) -> Self:
        return self.filter(choosing__published_at=None)

    def with_one(self) -> Self:
        return self.exclude(opportunity=None)

    def for_steps(self) -> Self:
        return self.select_related(
            *("enrolment__participant", "enrolment__employer", "enrolment__cohort__programme__provider"),
            *("opportunity__host", "choosing__component", "choosing__cohort__plan"),
        )


@pghistory.track()
class PlacementProposal(models.Model):
    """One participant and the opportunity that is proposed for them, or none, and why. Nobody but staff sees it."""

    retention = "With the enrolment: 6 years after the cohort ends."

    choosing = models.ForeignKey(Choosing, on_delete=models.CASCADE, related_name="proposals")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="placement_proposals")
    opportunity = models.ForeignKey(
        Opportunity, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    rank = models.PositiveSmallIntegerField("their choice", null=True, blank=True)
    reason = models.TextField("why", blank=True)
    is_locked = models.BooleanField("locked", default=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="enrolment", about="enrolment__participant")
    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "proposed assignment"
        ordering = ("enrolment__participant__full_name", "pk")
        constraints = [models.UniqueConstraint(fields=["choosing", "enrolment"], name="proposed_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.opportunity.title if self.opportunity else 'none'}"
