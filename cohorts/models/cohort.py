"""A cohort: one run of a programme, with its places, its fee and its dates."""

from typing import Any, Self

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from cohorts.models.plan import Plan
from cohorts.models.programme import Programme
from cohorts.models.rules import RuleSet
from cohorts.permissions import CohortPermission
from cohorts.states import COHORT, COHORT_PUBLIC, CohortStatus
from steppingup.accounts.models import RoleAssignment
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField
from steppingup.formats.sameness_sql import NameKey
from steppingup.history.lifecycle import frozen

#: What next year's cohort has of this year's, and a file of data says of a cohort, besides its name and dates.
CARRIED_OVER = ("capacity", "fee", "cost", "venue")


class CohortQuerySet(ScopedQuerySet["Cohort"]):
    def public(self) -> Self:
        return self.filter(status__in=COHORT_PUBLIC, programme__is_published=True)

    def for_steps(self) -> Self:
        return self.select_related("programme__provider", "plan")


@pghistory.track(exclude=["numbered"])  # the history of applications tells it
class Cohort(models.Model):
    """One run of a programme. The number of places is its own, and so are what a place costs and the fee for it, in pounds
    (B36, N11, N15): whoever pays, pays the fee; the cost is what the provider spends."""

    retention = "Holds no personal data; kept as the record of what was run."

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="cohorts")
    rule_set = models.ForeignKey(
        RuleSet, on_delete=models.PROTECT, related_name="cohorts", verbose_name="admission rules", blank=True
    )
    # A later version of these, whose agreements hold for everybody on the cohort; empty while those of its own rules do.
    agreement_rules = models.ForeignKey(
        RuleSet, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    # Written by the database: when the first application was submitted, and since when the completion rules stand.
    admission_began_at = models.DateTimeField(null=True, editable=False)
    completion_settled_at = models.DateTimeField(null=True, editable=False)
    #: How many applications have been numbered in the order of submission, where that decides.
    numbered = models.PositiveIntegerField(default=0, editable=False)
    name = NameField(max_length=120)
    slug = models.SlugField(max_length=80)
    status = models.CharField(max_length=20, choices=CohortStatus, default=CohortStatus.DRAFT, editable=False)
    capacity = models.PositiveSmallIntegerField("places", validators=[MinValueValidator(1)])
    fee = models.DecimalField(
        max_digits=9,
        decimal_places=2,
        help_text="Pounds for each participant, asked of whoever pays. 0 if nobody is asked to pay.",
    )
    cost = models.DecimalField(
        "cost of a place",
        max_digits=9,
        decimal_places=2,
        blank=True,
        help_text="Pounds that a place costs, whoever pays. Left empty, it is the fee.",
    )
    starts_on = DayField()
    ends_on = DayField()
    venue = NameField(max_length=200, blank=True)
    limited_roles = models.ManyToManyField(
        RoleAssignment,
        blank=True,
        related_name="cohorts",
        help_text="Roles limited to this cohort. A role not listed on any cohort covers them all.",
    )

    visibility = Scope(see=CohortPermission.RUN_COHORTS, provider="programme__provider", cohort="pk")
    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "name")
        constraints = [
            models.UniqueConstraint(fields=["programme", "slug"], name="cohort_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="cohort_ends_after",
                violation_error_message="A cohort cannot end before it starts. Check both days.",
            ),
            models.CheckConstraint(condition=models.Q(capacity__gt=0), name="cohort_has_places"),
            models.CheckConstraint(
                condition=models.Q(fee__gte=0),
                name="cohort_fee_not_negative",
                violation_error_message="The fee cannot be below zero. Enter 0 if there is nothing to pay.",
            ),
            models.CheckConstraint(
                condition=models.Q(cost__gte=0),
                name="cohort_cost_not_negative",
                violation_error_message="The cost of a place cannot be below zero.",
            ),
        ]
        triggers = [
            *COHORT.triggers(),
            frozen(
                "rule_set", "programme", once=pgtrigger.Q(old__admission_began_at__isnull=False), name="keeps_its_rules"
            ),
            frozen("admission_began_at", once=pgtrigger.Q(old__admission_began_at__isnull=False), name="began_once"),
            pgtrigger.Trigger(
                name="keeps_its_plan",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("plan_id"),
                condition=pgtrigger.Q(old__plan__df=pgtrigger.F("new__plan")),
                func="""
                    IF EXISTS (SELECT 1 FROM cohorts_enrolment WHERE cohort_id = NEW.id) THEN
                        RAISE EXCEPTION 'People are on this cohort, so it keeps its plan.'
                        USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # At the end of the transaction, when what names parts of the old plan has been taken along.
            pgtrigger.Trigger(
                name="names_parts_of_its_plan",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("plan_id"),
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (SELECT 1 FROM cohorts_completionrule r JOIN cohorts_component c ON c.id = r.component_id
                               JOIN cohorts_cohort k ON k.id = r.cohort_id
                               WHERE k.id = NEW.id AND c.plan_id <> k.plan_id)
                    OR EXISTS (SELECT 1 FROM cohorts_session s JOIN cohorts_component c ON c.id = s.component_id
                               JOIN cohorts_cohort k ON k.id = s.cohort_id
                               WHERE k.id = NEW.id AND c.plan_id <> k.plan_id)
                    OR EXISTS (SELECT 1 FROM cohorts_sessionpart p JOIN cohorts_session s ON s.id = p.session_id
                               JOIN cohorts_component c ON c.id = p.component_id JOIN cohorts_cohort k ON k.id = s.cohort_id
                               WHERE k.id = NEW.id AND c.plan_id <> k.plan_id) THEN
                        RAISE EXCEPTION 'A rule or a session of this cohort names a part of another plan.'
                        USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme.name}, {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new cohort has the programme's usual rules of admission, unless others are chosen. A place costs the fee, unless
        something else was said."""
        if self.cost is None:
            self.cost = self.fee
        if not self.rule_set_id:
            self.rule_set = RuleSet.objects.of(self.programme)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        taken = self.enrolments.holding_a_place().count() if self.pk else 0
        if self.capacity is not None and self.capacity < taken:
            raise ValidationError({"capacity": f"{taken} places are already taken, so there cannot be fewer."})

    @property
    def message_scopes(self) -> tuple[models.Model, ...]:
        """Where texts of emails are looked up, the most specific first."""
        return (self, self.programme)

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the cohort say of it."""
        return {
            "programme": self.programme.name,
            "cohort": self.name,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
        }


class PeerGroup(ScopedModel):
    """A peer learning group of a cohort (B11)."""

    retention = "Removed with its cohort's participants."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="peer_groups")
    name = NameField(max_length=60)

    visibility = Scope(through="cohort")

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                "cohort",
                NameKey("name"),
                name="peer_group_once",
                violation_error_message="This cohort has a peer group with this name already. Choose another name.",
            )
        ]

    def __str__(self) -> str:
        return self.name
