"""The plan of days: components whose days, hours and sessions add up (B4)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

import pghistory
import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.keys import Keyed
from cohorts.models.programme import Programme
from cohorts.models.scales import FIVE_STEPS, IN_THE_WAY, labels_of, require_scale
from cohorts.states import ComponentKind, ComponentMode, Counterpart, Recording, Unit
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.english import nearest_quarter
from steppingup.formats.fields import NameField
from steppingup.formats.sameness_sql import NameKey
from steppingup.history.lifecycle import frozen
from steppingup.history.versions import Versioned, frozen_with

HUNDREDTH, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
#: How a plan asks people about themselves.
ASKED_BY = ("scale", "barrier_scale", "before_days", "midway_days", "after_days")
FROZEN = "People are on the programme by this plan, so it stays as it is. A change makes a new version."


class PlanQuerySet(ScopedQuerySet["Plan"]):
    def current(self) -> Self:
        return self.filter(replaced_at=None)

    def offered(self) -> Self:
        """Plans that a cohort can still be given."""
        return self.current().filter(is_offered=True)


@pghistory.track()
class Plan(Versioned):
    """What a participant does, in days, what it is to achieve, and what it works on. A programme may have several plans; a cohort
    follows one version of one. A version is frozen when the first participant by it is enrolled."""

    parts = ("components", "aims", "barriers")

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="plans")
    name = NameField(max_length=120)
    is_offered = models.BooleanField("offered for new cohorts", default=True)
    # How people see themselves before and after, against the aims and the barriers (N9, N10).
    scale = models.TextField("answers about aims and benefits", default=FIVE_STEPS, validators=[require_scale])
    barrier_scale = models.TextField("answers about barriers", default=IN_THE_WAY, validators=[require_scale])
    before_days = models.PositiveSmallIntegerField(
        "days for looking ahead",
        default=7,
        help_text="How long after the first session people can still say where they began.",
    )
    midway_days = models.PositiveSmallIntegerField(
        "days for a look in the middle", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    after_days = models.PositiveSmallIntegerField(
        "days for looking back", default=28, validators=[MinValueValidator(1)]
    )

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
        triggers = [
            frozen("programme", "version", "made_at", name="stays_what_it_is"),
            # Whoever has said where they began is asked by the same scale afterwards, and for as long as they were told.
            frozen(*ASKED_BY, once=pgtrigger.Q(old__frozen_at__isnull=False), name="asked_as_told"),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.name}" + (f", version {self.version}" if self.version > 1 else "")

    @property
    def labels(self) -> list[str]:
        """The answers about an aim or a benefit, from the least on."""
        return labels_of(self.scale)

    @property
    def barrier_labels(self) -> list[str]:
        """The answers about a barrier, from the least in the way on."""
        return labels_of(self.barrier_scale)

    @property
    def days(self) -> Decimal:
        """The most days of all components together."""
        return sum((component.days for component in self.components.all()), Decimal(0))

    @property
    def least_days(self) -> Decimal:
        return sum((component.least_days for component in self.components.all()), Decimal(0))

    @property
    def days_between(self) -> str:
        """As a headline: “30 days”, “Between 24 and 30 days”."""
        least, most = nearest_quarter(self.least_days), nearest_quarter(self.days)
        if least == most:
            return english.days_counted(most)
        return f"Between {english.days(least)} and {english.days_counted(most)}"

    @property
    def days_in_words(self) -> str:
        """“30 days”, “24 to 30 days”: to the nearest quarter, as hours make uneven days."""
        return english.from_to(nearest_quarter(self.least_days), nearest_quarter(self.days), "day")


@pghistory.track()
class Component(Keyed, ScopedModel):
    """A part of the plan: at least so many and at most so many days, hours or sessions, how they come about, and who the other
    side may be (B5, B7, B11, B13, B45, N8).

    In another version of the plan it is the same part if it has the same key."""

    retention = "Holds no personal data."
    key_within = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="components")
    key = models.SlugField(max_length=40)
    kind = models.CharField("what it is called", max_length=20, choices=ComponentKind)
    title = NameField(max_length=120)
    description = models.TextField(blank=True, help_text="Markdown.")
    mode = models.CharField("how it is done", max_length=20, choices=ComponentMode, blank=True)
    recording = models.CharField("how it is recorded", max_length=20, choices=Recording, default=Recording.REGISTER)
    unit = models.CharField("counted in", max_length=20, choices=Unit, default=Unit.DAYS)
    # Both in the unit; where only one number is given it is the one and the other.
    least = models.DecimalField(
        "at least", max_digits=6, decimal_places=2, blank=True, validators=[MinValueValidator(Decimal("0.25"))]
    )
    most = models.DecimalField(
        "at most", max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal("0.25"))]
    )
    meetings = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How many sessions, if it has any.")
    days_each = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True, help_text="Days of one meeting, such as 0.5."
    )
    minutes_each = models.PositiveSmallIntegerField("minutes of one session", null=True, blank=True)
    minutes_per_day = models.PositiveSmallIntegerField(
        default=420, help_text="How many minutes of contact count as one day, where minutes are recorded."
    )
    in_groups = models.BooleanField("peer groups meet for it by themselves", default=False)
    counterpart = models.CharField(
        "host or mentor comes from", max_length=20, choices=Counterpart, default=Counterpart.ANOTHER
    )
    host_confirms = models.BooleanField("days count once the host has confirmed them", default=False)
    week_least = models.DecimalField("hours a week, from", max_digits=4, decimal_places=2, null=True, blank=True)
    week_most = models.DecimalField("hours a week, to", max_digits=4, decimal_places=2, null=True, blank=True)
    # The keys of barriers of the same plan (L1).
    works_on = models.JSONField("barriers that it works on", default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(through="plan")

    class Meta:
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="component_once"),
            models.CheckConstraint(
                condition=Q(least__gt=0, most__gte=models.F("least")),
                name="component_has_days",
                violation_error_message="Each part of the plan must have some days, and at most no less than at least.",
            ),
            models.CheckConstraint(
                condition=Q(minutes_per_day__gt=0),
                name="component_minutes_per_day",
                violation_error_message="The number of minutes in a day must be above zero.",
            ),
            models.CheckConstraint(
                condition=~Q(unit=Unit.SESSIONS) | Q(minutes_each__gt=0, minutes_each__isnull=False),
                name="component_sessions_have_minutes",
                violation_error_message="Say how many minutes one session has.",
            ),
            models.CheckConstraint(
                condition=Q(week_least=None, week_most=None)
                | Q(week_least__gte=0, week_most__gte=models.F("week_least"), week_most__isnull=False),
                name="component_week_in_order",
                violation_error_message="The hours a week need both numbers, the smaller one first.",
            ),
        ]
        triggers = [frozen_with("plan_id", "cohorts_plan", FROZEN)]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.least is None:
            self.least = self.most
        super().save(*args, **kwargs)

    @property
    def unit_days(self) -> Decimal:
        """What one day, hour or session is in days."""
        minutes = {Unit.HOURS: 60, Unit.SESSIONS: self.minutes_each or 0}.get(Unit(self.unit), self.minutes_per_day)
        return Decimal(minutes) / self.minutes_per_day

    @property
    def days(self) -> Decimal:
        """The most of it, in days."""
        return self.in_days(self.most)

    @property
    def least_days(self) -> Decimal:
        return self.in_days(self.most if self.least is None else self.least)

    def in_days(self, units: Decimal | int) -> Decimal:
        """So many of its days, hours or sessions in days, as finely as the ledger keeps them."""
        if self.unit == Unit.DAYS:
            return Decimal(units)
        return (Decimal(units) * self.unit_days).quantize(MILLIONTH, ROUND_HALF_UP)

    def in_units(self, days: Decimal) -> Decimal:
        """Days in its own unit, to the hundredth."""
        return days if self.unit == Unit.DAYS else (days / self.unit_days).quantize(HUNDREDTH, ROUND_HALF_UP)

    def same_in(self, plan: int) -> "Component | None":
        """The same part of another version of the plan."""
        if plan == self.plan_id:
            return self
        return Component.objects.filter(plan=plan, key=self.key).first()

    def said(self, days: Decimal) -> str:
        """Days of it in its own unit: “2 days”, “3 hours”."""
        return english.days_counted(self.in_units(days), self.noun)

    @property
    def word(self) -> str:
        """What it is called in a sentence: “stretch assignment”; by its title where the field has no word for it."""
        return str(self.title if self.kind == ComponentKind.OTHER else self.get_kind_display().lower())

    @property
    def noun(self) -> str:
        """“day”, “hour” or “session”."""
        return str(self.unit).removesuffix("s")

    @property
    def in_words(self) -> str:
        """“10 days”, “12–20 hours”, “4 sessions”."""
        return english.ranged(self.least, self.most, self.noun)

    @property
    def day_in_hours(self) -> str:
        """“7 hours”."""
        return english.days_counted(Decimal(self.minutes_per_day) / 60, "hour")

    @property
    def figures(self) -> str:
        """“6–10”."""
        return english.figures(self.least, self.most)

    @property
    def nouns(self) -> str:
        """“days”, as it stands beside the figures."""
        return english.days_counted(self.most, self.noun).rpartition(" ")[2]

    @property
    def week_in_words(self) -> str:
        return english.hours_a_week(self.week_least, self.week_most)
