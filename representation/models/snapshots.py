"""How many people a workforce had on a day, by unit, tier and answer: what HR counts, kept as it was given (R9).

Nobody lists these rows. They are read in from a file, and what is shown of them is a release, in which nobody can be recognised."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from representation.models.units import Category, Tier, Unit
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import append_only


class SnapshotQuerySet(ScopedQuerySet["Snapshot"]):
    def current(self) -> Self:
        """Those that no correction has taken the place of."""
        return self.filter(corrected_by=None)

    def for_steps(self) -> Self:
        return self.select_related("provider", "corrects")


@pghistory.track()
class Snapshot(models.Model):
    """The workforce of a provider, or of one of its partners, on a day, from a source. Never changed: a correction is a new one that names
    the one whose place it takes."""

    retention = "As long as the provider keeps figures of its workforce: counts of people, without names."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    taken_on = DayField("on")
    source = NameField(max_length=300, help_text="“Employment Monitoring Report 2009”, for example.")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by", editable=False
    )
    why = models.TextField("what was corrected", max_length=2000, blank=True, editable=False)
    rows = models.PositiveIntegerField("rows", default=0, editable=False)
    read_at = models.DateTimeField("read in", default=clock.now, editable=False)
    read_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ("-taken_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(why=""),
                name="snapshot_correction_says_why",
                violation_error_message="Say what was corrected.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.taken_on:%-d %B %Y}"

    @property
    def year(self) -> int:
        day: date = self.taken_on
        return day.year


class HeadCount(ScopedModel):
    """So many people of a unit and a tier gave this answer. A unit’s row counts those who belong to it alone, and not to a unit below it.

    A source that gives no counts has a percentage, and says of how many where it knows (C1)."""

    retention = "With its snapshot."

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="counts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    tier = models.ForeignKey(Tier, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(null=True, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    of = models.PositiveIntegerField(null=True, blank=True)

    visibility = Scope(through="snapshot", see=None)

    class Meta:
        verbose_name = "count of a workforce"
        verbose_name_plural = "counts of workforces"
        ordering = ("snapshot", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "unit", "tier", "category"],
                name="head_count_once",
                nulls_distinct=False,
                violation_error_message="This is counted already.",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False, percent=None, of=None) | Q(number=None, percent__range=(0, 100)),
                name="head_count_or_percentage",
                violation_error_message="Give a number, or a percentage where the source has no numbers.",
            ),
            models.CheckConstraint(
                condition=Q(of=None) | Q(of__gt=0),
                name="head_count_of_somebody",
                violation_error_message="Of nobody there is no share.",
            ),
        ]
        triggers = append_only()
        indexes = [models.Index(fields=["snapshot", "category", "tier"], name="head_count_by_tier")]

    def __str__(self) -> str:
        return f"{self.unit}, {self.tier or 'all tiers'}: {self.category}"
