"""The action plan of a provider: sections, items in six columns, and what was reported of each."""

from datetime import date, timedelta
from typing import Any, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from representation.permissions import RepresentationPermission
from representation.reading.document import Document, Row, Said, read, rows_of
from representation.reading.timescale import month_in
from representation.states import ITEM, Horizon, ItemStatus
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField

#: The six columns, in their order (R1).
TEXTS = ("outcome", "detail", "progress", "recommendation", "lead", "timescale")
LONGEST = 20_000


class ActionPlanQuerySet(ScopedQuerySet["ActionPlan"]):
    def for_steps(self) -> Self:
        return self.select_related("provider")


@pghistory.track()
class ActionPlan(models.Model):
    """What a provider has set out to do about who is missing where: Leicester’s “Reach Higher”, say."""

    retention = "Kept for as long as the provider wants it: it is about posts and groups, and names people only where a lead is named."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="action_plans")
    name = NameField(max_length=150)
    about = models.TextField("what it is for", max_length=LONGEST, blank=True)
    starts_on = DayField("begins", null=True, blank=True)
    ends_on = DayField("ends", null=True, blank=True)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "action plan"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "name"],
                name="action_plan_once",
                violation_error_message="There is an action plan of this name already.",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="action_plan_ends_after",
                violation_error_message="The plan ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def message_scopes(self) -> list[models.Model]:
        return [self.provider]


@pghistory.track()
class PlanSection(ScopedModel):
    """A part of a plan, as its appendix numbers it: 1a to 1d (R3)."""

    retention = "With its action plan."

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="sections")
    key = NameField("number", max_length=10)
    title = NameField(max_length=300)

    visibility = Scope(through="plan")

    class Meta:
        verbose_name = "section of a plan"
        verbose_name_plural = "sections of plans"
        ordering = ("plan", "key", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "key"],
                name="plan_section_once",
                violation_error_message="This plan has a section with this number already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


def late(day: date | None = None, path: str = "") -> Q:
    """The same, at the end of a `path` that leads to items (“items__”)."""
    month = (day or clock.today()).replace(day=1)
    return Q(**{f"{path}due_month__lt": month}) & ~Q(**{f"{path}status": ItemStatus.ACHIEVED})


class ActionItemQuerySet(ScopedQuerySet["ActionItem"]):
    def overdue(self, day: date | None = None) -> Self:
        """Its month has passed, and it is not achieved (R16)."""
        return self.filter(late(day))

    def for_steps(self) -> Self:
        return self.select_related("plan__provider", "section")

    def in_order(self) -> Self:
        """As the plan has them."""
        return self.order_by("plan", "order", "pk")


@pghistory.track()
class ActionItem(models.Model):
    """A row of the plan: six texts in their order (R1), and what can be worked with beside them.

    A text may be blank, as in the document: an item without an outcome goes on below the one above it. `due_month` is the first
    day of the month that the timescale names, where it names one (R10)."""

    retention = "With its action plan."

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="items")
    section = models.ForeignKey(PlanSection, null=True, blank=True, on_delete=models.PROTECT, related_name="items")
    order = models.PositiveIntegerField(default=0)
    outcome = models.TextField(max_length=LONGEST, blank=True)
    detail = models.TextField(max_length=LONGEST, blank=True)
    progress = models.TextField(max_length=LONGEST, blank=True)
    recommendation = models.TextField(max_length=LONGEST, blank=True)
    lead = models.TextField("lead", max_length=LONGEST, blank=True)
    timescale = models.TextField(max_length=LONGEST, blank=True)
    status = models.CharField(max_length=20, choices=ItemStatus, default=ItemStatus.NOT_STATED, editable=False)
    horizon = models.CharField("how soon", max_length=20, choices=Horizon, blank=True)
    due_month = models.DateField("due", null=True, blank=True, editable=False)
    is_yearly = models.BooleanField("comes back each year", default=False)
    gate = models.TextField(
        "what has to be shown first",
        max_length=LONGEST,
        blank=True,
        help_text="The evidence that is needed before it is extended to another group, for example.",
    )
    phase = NameField(max_length=100, blank=True)
    consulted = models.TextField("who was consulted", max_length=LONGEST, blank=True)
    limits = models.TextField("what limits or blocks it", max_length=LONGEST, blank=True)
    people = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(1000)])
    days_a_week = models.DecimalField(
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(7)],
    )
    months = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(120)])
    source = NameField("read from", max_length=300, blank=True, editable=False)

    visibility = Scope(through="plan")
    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = "item of a plan"
        verbose_name_plural = "items of plans"
        ordering = ("plan", "order", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(**dict.fromkeys(TEXTS, "")),
                name="plan_item_says_something",
                violation_error_message="Fill in at least one of the six columns.",
            ),
            models.CheckConstraint(
                condition=Q(due_month=None) | Q(due_month__day=1),
                name="plan_item_due_in_a_month",
                violation_error_message="A month is kept as its first day.",
            ),
        ]
        triggers = [*ITEM.triggers()]

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        """The month follows the words of the timescale. A new line is one, whichever way a browser sends it."""
        for name in TEXTS:
            if "\r" in (text := self.__dict__.get(name) or ""):
                setattr(self, name, text.replace("\r\n", "\n").replace("\r", "\n"))
        self.due_month = month_in(self.timescale)
        if update_fields is not None and "timescale" in update_fields:
            update_fields = {*update_fields, "due_month"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def __str__(self) -> str:
        words = next((getattr(self, name) for name in TEXTS if getattr(self, name)), "")
        if len(words) <= 80:
            return words
        # At the end of a word, unless the words are one.
        return f"{(words[:81].rpartition(' ')[0] or words[:80]).rstrip(' ,;:.')}…"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {
            "plan": self.plan.name,
            "provider": str(self.plan.provider),
            "item": str(self),
            "timescale": self.timescale or "no date yet",
        }

    @property
    def due_by(self) -> date | None:
        """The last day of its month."""
        return (
            (self.due_month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            if self.due_month
            else None
        )

    @property
    def is_overdue(self) -> bool:
        return bool(self.due_by and self.due_by < clock.today() and self.status != ItemStatus.ACHIEVED)

    @property
    def person_days(self) -> Any:
        """How many days of work it was estimated at: people × days a week × months of 52 weeks in twelve; nothing where a part of
        the estimate is missing (R5)."""
        if self.people is None or self.days_a_week is None or self.months is None:
            return None
        return round(self.people * self.days_a_week * self.months * 52 / 12)


class ProgressReport(ScopedModel):
    """What was said of an item on a day: how far it has come, in words, with where this can be seen. Never changed (R2)."""

    retention = "With its action plan."

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="reports")
    status = models.CharField(max_length=20, choices=ItemStatus)
    words = models.TextField(max_length=LONGEST, blank=True)
    evidence = models.TextField("where it can be seen", max_length=LONGEST, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = NameField("said by", max_length=150, blank=True)
    at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="item")

    class Meta:
        verbose_name = "report of progress"
        verbose_name_plural = "reports of progress"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.item}"


class PlanReadingQuerySet(ScopedQuerySet["PlanReading"]):
    def for_steps(self) -> Self:
        return self.select_related("plan__provider")


@pghistory.track(exclude=["lines"])  # a file is read in once, and not changed
class PlanReading(models.Model):
    """A file with an action plan, as it was read in: its lines as they stand there, and what somebody has said about them.
    Nothing of it is in the plan before it is taken over."""

    retention = "With its action plan. One that is not taken over can be removed at any time."

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="readings")
    name = NameField("file", max_length=200)
    digest = models.CharField(max_length=64, editable=False)
    lines = models.JSONField(editable=False)
    said = models.JSONField(default=dict, editable=False)
    read_at = models.DateTimeField("read in", default=clock.now, editable=False)
    read_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    taken_at = models.DateTimeField("taken over", null=True, blank=True, editable=False)

    visibility = Scope(through="plan")
    objects = PlanReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "file read in"
        verbose_name_plural = "files read in"
        ordering = ("-read_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "digest"],
                condition=Q(taken_at__isnull=False),
                name="plan_file_taken_over_once",
                violation_error_message="This file was taken over into the plan already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def document(self) -> Document:
        """The file, taken apart."""
        return read(self.lines)

    def rows(self) -> list[Row]:
        """As they would be taken over, with what was said."""
        return rows_of(self.document, Said.kept(self.said))
