"""What participants study by themselves, in a log of their own (B45)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models.enrolment import Enrolment
from cohorts.models.plan import Component
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import frozen

LEAST_MINUTES, MOST_MINUTES = 15, 16 * 60


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


class StudyQuerySet(ScopedQuerySet["Study"]):
    def standing(self) -> Self:
        """Those that were not removed."""
        return self.filter(removed_at=None)

    def for_steps(self) -> Self:
        return self.select_related("component", "enrolment__participant", "enrolment__cohort__programme__provider")


@pghistory.track()
class Study(models.Model):
    """So long was studied on a day, and what, for a part of the plan that is recorded in an own log. Recording it posts to the
    ledger. Without a part it was for something beside the plan, such as a qualification, and counts for no days. An entry is
    never changed: another takes its place."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="studies")
    component = models.ForeignKey(
        Component,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="studies",
        verbose_name="part of the plan",
    )
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    what = NameField("what was studied", max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    # What one shown form brings with it, so that a second click on its button records nothing more.
    submission = models.UUIDField(null=True, unique=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    visibility = Scope(through="enrolment")
    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        verbose_name = "study log entry"
        verbose_name_plural = "study log entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=LEAST_MINUTES, minutes__lte=MOST_MINUTES),
                name="study_minutes",
                violation_error_message="Enter hours from a quarter to 16.",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False),
                name="study_removal_paired",
                violation_error_message="Who removed it and when belong together.",
            ),
        ]
        triggers = [frozen("enrolment", "component", "on", "minutes", "what", "recorded_by", "recorded_at")]

    def __str__(self) -> str:
        return f"{self.length} on {english.day_date(self.on)}"

    @property
    def studied_for(self) -> str:
        """The part of the plan."""
        return str(self.component or "Beside the plan")

    @property
    def hours(self) -> Decimal:
        return Decimal(self.minutes) / 60

    @property
    def length(self) -> str:
        """“1½ hours”."""
        return english.days_counted(self.hours, "hour")
