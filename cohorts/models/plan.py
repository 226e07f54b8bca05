"""The plan of days: components whose days add up (B4)."""

from decimal import Decimal
from typing import Self

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.keys import Keyed
from cohorts.models.programme import Programme
from cohorts.states import ComponentKind
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import NameField
from steppingup.formats.sameness_sql import NameKey
from steppingup.history.lifecycle import frozen
from steppingup.history.versions import Versioned, frozen_with

FROZEN = "People are on the programme by this plan, so it stays as it is. A change makes a new version."


class PlanQuerySet(ScopedQuerySet["Plan"]):
    def current(self) -> Self:
        return self.filter(replaced_at=None)

    def offered(self) -> Self:
        """Plans that a cohort can still be given."""
        return self.current().filter(is_offered=True)


@pghistory.track()
class Plan(Versioned):
    """What a participant does, in days. A programme may have several plans; a cohort follows one version of one. A version
    is frozen when the first participant by it is enrolled."""

    parts = ("components",)

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="plans")
    name = NameField(max_length=120)
    is_offered = models.BooleanField("offered for new cohorts", default=True)

    visibility = Scope(through="programme")
    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("name", "-version")
        constraints = [
            # Earlier versions may have had any name.
            models.UniqueConstraint(
                "programme",
                NameKey("name"),
                condition=Q(replaced_at=None),
                name="one_current_plan",
                violation_error_message="This programme has a plan with this name already. Choose another name.",
            )
        ]
        triggers = [frozen("programme", "version", "made_at", name="stays_what_it_is")]

    def __str__(self) -> str:
        return f"{self.programme}: {self.name}" + (f", version {self.version}" if self.version > 1 else "")

    @property
    def days(self) -> Decimal:
        """The days of all components together."""
        return sum((component.days for component in self.components.all()), Decimal(0))


@pghistory.track()
class Component(Keyed, ScopedModel):
    """A part of the plan: so many days, in so many meetings of so many days each (B5, B7, B11, B13).

    In another version of the plan it is the same part if it has the same key and kind."""

    retention = "Holds no personal data."
    key_within = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="components")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=20, choices=ComponentKind)
    title = NameField(max_length=120)
    description = models.TextField(blank=True, help_text="Markdown.")
    days = models.DecimalField(max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.25"))])
    meetings = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How many sessions, if it has any.")
    days_each = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True, help_text="Days of one meeting, such as 0.5."
    )
    minutes_per_day = models.PositiveSmallIntegerField(
        default=420, help_text="How many minutes of contact count as one day, where minutes are recorded."
    )
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(through="plan")

    class Meta:
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="component_once"),
            models.CheckConstraint(
                condition=models.Q(days__gt=0),
                name="component_has_days",
                violation_error_message="Each part of the plan must have some days.",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes_per_day__gt=0),
                name="component_minutes_per_day",
                violation_error_message="The number of minutes in a day must be above zero.",
            ),
        ]
        triggers = [frozen_with("plan_id", "cohorts_plan", FROZEN)]

    def __str__(self) -> str:
        return self.title
