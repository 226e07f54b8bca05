"""Opportunities: assignments that organisations offer to the participants of a cohort, and who was invited to offer them (L6)."""

from typing import Any, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.models.cohort import Cohort
from cohorts.models.offering import AskedByLink, AskedQuerySet
from cohorts.models.placement import Placement
from cohorts.models.plan import Component
from cohorts.models.programme import Programme
from cohorts.permissions import CohortPermission
from cohorts.states.opportunities import OPPORTUNITY, OpportunityStatus
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import AddressField, NameField, TelephoneField

MOST_PLACES = 50
#: What somebody needs before they begin: the column, and how a page says it.
CHECKS = {
    "needs_dbs": "a DBS check",
    "needs_induction": "an induction",
    "needs_insurance": "insurance",
    "needs_confidentiality": "a confidentiality agreement",
}


class OpportunityInvitationQuerySet(AskedQuerySet["OpportunityInvitation"]):
    def for_steps(self) -> Self:
        return self.select_related("cohort__programme__provider", "cohort__plan", "component", "organisation")


@pghistory.track()
class OpportunityInvitation(AskedByLink):
    """Somebody at an organisation who was asked, by a link, to offer opportunities to the participants of a cohort."""

    retention = "With the cohort: 6 years after it ends. The link works for 60 days, or until it is ended."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="opportunity_invitations")
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="+", verbose_name="part of the plan"
    )

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="cohort")
    objects = OpportunityInvitationQuerySet.as_manager()

    class Meta(AskedByLink.Meta):
        verbose_name = "invitation to offer opportunities"
        verbose_name_plural = "invitations to offer opportunities"
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "component", "organisation", "email"],
                condition=Q(ended_at=None),
                name="invited_to_offer_once",
                violation_error_message="They have been invited already.",
            )
        ]

    @property
    def programme(self) -> Programme:
        return self.cohort.programme

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the invitation say of it."""
        return {**self.cohort.message_facts, "organisation": str(self.organisation)}


class OpportunityQuerySet(ScopedQuerySet["Opportunity"]):
    def open(self) -> Self:
        """Those that participants see."""
        return self.filter(status=OpportunityStatus.OPEN)

    def to_look_at(self) -> Self:
        return self.filter(status=OpportunityStatus.OFFERED)

    def for_part(self, part: Component) -> Self:
        """Those for this part of the plan, also of another version of it."""
        return self.filter(component__key=part.key)

    def for_steps(self) -> Self:
        return self.select_related("cohort__programme__provider", "cohort__plan", "component", "host", "invitation")


@pghistory.track()
class Opportunity(models.Model):
    """A project or consultancy that an organisation offers, for one participant of the cohort or for several."""

    retention = "With the cohort: 6 years after it ends."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="opportunities")
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="opportunities", verbose_name="part of the plan"
    )
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="opportunities")
    invitation = models.ForeignKey(
        OpportunityInvitation,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="opportunities",
        editable=False,
        verbose_name="offered by a link",
    )
    title = NameField(max_length=150)
    kind = models.CharField(max_length=20, choices=Placement.Kind, default=Placement.Kind.PROJECT)
    description = models.TextField("what it is about")
    learning = models.TextField("what somebody would learn", blank=True)
    place = NameField("where", max_length=200, blank=True)
    working_pattern = NameField(max_length=120, blank=True, help_text="Such as “every Tuesday”.")
    places = models.PositiveSmallIntegerField(
        "for how many people", default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)]
    )
    starts_on = DayField("from", null=True, blank=True)
    ends_on = DayField("until", null=True, blank=True)
    needs_dbs = models.BooleanField("a DBS check", default=False)
    needs_induction = models.BooleanField("an induction", default=False)
    needs_insurance = models.BooleanField("insurance", default=False)
    needs_confidentiality = models.BooleanField("a confidentiality agreement", default=False)
    other_checks = NameField("anything else that is needed", max_length=300, blank=True)
    supervisor_name = NameField("supervisor", max_length=150)
    supervisor_email = AddressField("supervisor’s email address")
    supervisor_phone = TelephoneField("supervisor’s telephone number", max_length=30, blank=True)
    status = models.CharField(
        max_length=20, choices=OpportunityStatus, default=OpportunityStatus.OFFERED, editable=False
    )
    offered_at = models.DateTimeField("offered", default=clock.now, editable=False)
    withdrawn_because = models.TextField("why it was withdrawn", blank=True, editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="cohort")
    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "opportunities"
        ordering = ("title", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1, places__lte=MOST_PLACES),
                name="opportunity_has_places",
                violation_error_message=f"Say for how many people it is: a number from 1 to {MOST_PLACES}.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="opportunity_ends_after",
                violation_error_message="It cannot end before it starts. Check both days.",
            ),
        ]
        triggers = [*OPPORTUNITY.triggers()]

    def __str__(self) -> str:
        return f"{self.title} at {self.host}"

    @property
    def checks(self) -> list[str]:
        """“a DBS check”, “an induction”: what somebody needs before they begin."""
        found = [said for name, said in CHECKS.items() if getattr(self, name)]
        return [*found, self.other_checks] if self.other_checks else found

    @property
    def checks_in_words(self) -> str:
        return english.listed(self.checks)

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the opportunity say of it."""
        return {**self.cohort.message_facts, "opportunity": self.title, "organisation": str(self.host)}
