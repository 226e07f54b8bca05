"""Targets for a group of a workforce: where it begins, the steps on the way, and the day by which it is to be reached (R11, R12)."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from representation.measuring.counting import EVERYBODY, SENIOR
from representation.models.units import Characteristic, Tier, Unit
from representation.permissions import RepresentationPermission
from representation.states import TierGroup
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField

#: “2012”, “2012/13”, “2012–2013”, and “’12”.
_YEARS = re.compile(r"(?<!\d)(\d{4})(?:\s?[/–-]\s?(\d{4}|\d\d))?(?!\d)")
_SHORT = re.compile(r"[’'‘](\d\d)(?!\d)")
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class TargetQuerySet(ScopedQuerySet["Target"]):
    def for_steps(self) -> Self:
        return self.select_related("provider", "characteristic", "tier").prefetch_related(
            "steps", "unit__versions", "part_of__unit__versions", "part_of__characteristic", "part_of__tier"
        )


@pghistory.track()
class Target(models.Model):
    """Which share of a unit and its tiers is wanted, of those who are missing there. Without a unit it is of everybody.

    A target of a division that comes from one of the whole names it (`part_of`, R12). Steps have days; what the source calls them is kept
    beside as words, and nothing is worked out of it."""

    retention = "As long as the provider keeps its plans. Holds no personal data."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    characteristic = models.ForeignKey(Characteristic, on_delete=models.PROTECT, related_name="targets")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: all of them."
    )
    tiers = models.CharField("which tiers", max_length=10, choices=TierGroup, default=TierGroup.ALL)
    tier = models.ForeignKey(
        Tier,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Only where it is about one tier.",
    )
    part_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="parts", verbose_name="part of"
    )
    begins_on = DayField("begins")
    begins_at = models.DecimalField("share on that day (%)", max_digits=5, decimal_places=2, validators=PERCENT)
    watched_from = DayField("looked at from", null=True, blank=True)
    watched_until = DayField("looked at until", null=True, blank=True)
    source = NameField("where it was agreed", max_length=300)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ("provider", "characteristic", "begins_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(tiers=TierGroup.ONE, tier__isnull=False) | (~Q(tiers=TierGroup.ONE) & Q(tier=None)),
                name="target_names_one_tier",
                violation_error_message="Name the tier where the target is about one, and only there.",
            ),
            models.CheckConstraint(
                condition=Q(watched_from=None) | Q(watched_until=None) | Q(watched_until__gte=F("watched_from")),
                name="target_watched_until_after",
                violation_error_message="The last day is before the first.",
            ),
            models.CheckConstraint(
                condition=Q(begins_at__range=(0, 100)),
                name="target_begins_at_percent",
                violation_error_message="Enter a percentage from 0 to 100.",
            ),
            models.CheckConstraint(
                condition=Q(part_of=None) | ~Q(part_of=F("id")),
                name="target_part_of_another",
                violation_error_message="A target is no part of itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.characteristic}: {self.where}"

    @property
    def where(self) -> str:
        """“Housing, all senior tiers”."""
        return f"{self.unit or 'everybody'}, {self.tiers_in_words}"

    @property
    def tiers_in_words(self) -> str:
        return str(self.tier) if self.tier else str(TierGroup(self.tiers).label).lower()

    @property
    def tier_key(self) -> int:
        """As releases have it: 0 for all tiers, −1 for the senior ones."""
        if self.tier_id is not None:
            return self.tier_id
        return SENIOR if self.tiers == TierGroup.SENIOR else EVERYBODY

    @property
    def in_order(self) -> "Sequence[TargetStep]":
        """Its steps by their days; the last is the target itself."""
        return sorted(self.steps.all(), key=lambda step: step.due_on)

    @property
    def last(self) -> "TargetStep | None":
        return next(iter(self.in_order[::-1]), None)

    @property
    def ends_on(self) -> date | None:
        return self.last.due_on if self.last else None


@pghistory.track()
class TargetStep(ScopedModel):
    """A share that is to be reached by a day. `label` is what the source calls it: “2012” may mean the end of 2013."""

    retention = "With its target."

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="steps")
    due_on = DayField("by")
    percent = models.DecimalField("share (%)", max_digits=5, decimal_places=2, validators=PERCENT)
    label = NameField("the source calls it", max_length=50, blank=True)

    visibility = Scope(through="target")

    class Meta:
        verbose_name = "step of a target"
        verbose_name_plural = "steps of a target"
        ordering = ("target", "due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["target", "due_on"],
                name="target_step_once",
                violation_error_message="There is a step for that day already.",
            ),
            models.CheckConstraint(
                condition=Q(percent__range=(0, 100)),
                name="target_step_is_percent",
                violation_error_message="Enter a percentage from 0 to 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent.normalize():f}% by {self.due_on:%-d %B %Y}"

    @property
    def doubt(self) -> str:
        """Where the source’s word and the day are not of the same year: “2012”, and 31 December 2013."""
        years: set[int] = set()
        for first, second in _YEARS.findall(self.label):
            begins, ends = int(first), int(second or first)
            years |= {begins, ends if ends > 99 else begins + (ends - begins) % 100}
        years |= {2000 + int(short) for short in _SHORT.findall(self.label)}
        return self.label if years and self.due_on.year not in years else ""
