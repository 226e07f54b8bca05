"""The plan of days: components whose days add up (B4)."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from cohorts.keys import Keyed
from cohorts.models.programme import Programme
from cohorts.states import ComponentKind
from steppingup.accounts.scope import Scope, ScopedModel


class Plan(ScopedModel):
    """What a participant does, in days. A programme may have several plans; a cohort follows one."""

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="plans")
    name = models.CharField(max_length=120)

    visibility = Scope(through="programme")

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["programme", "name"], name="plan_once")]

    def __str__(self) -> str:
        return f"{self.programme}: {self.name}"

    @property
    def days(self) -> Decimal:
        """The days of all components together."""
        return sum((component.days for component in self.components.all()), Decimal(0))


class Component(Keyed, ScopedModel):
    """A part of the plan: so many days, in so many meetings of so many days each (B5, B7, B11, B13)."""

    retention = "Holds no personal data."
    key_within = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="components")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=20, choices=ComponentKind)
    title = models.CharField(max_length=120)
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

    def __str__(self) -> str:
        return self.title
