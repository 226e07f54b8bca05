"""Figures of a workforce as they were published: what is shown of a snapshot, so that nobody can be recognised (R9)."""

from datetime import date
from typing import Self

from django.db import models

from representation.measuring.counting import Row
from representation.models.snapshots import Snapshot
from representation.models.units import Characteristic
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.history.lifecycle import append_only


class FigureReleaseQuerySet(ScopedQuerySet["FigureRelease"]):
    def for_steps(self) -> Self:
        return self.select_related("provider", "snapshot", "characteristic")

    def current(self) -> Self:
        """Those whose figures no correction has taken the place of."""
        return self.filter(snapshot__corrected_by=None)

    def before(self, release: "FigureRelease") -> Self:
        """Current ones of the same characteristic on earlier days, the latest first."""
        rows = self.current().filter(characteristic=release.characteristic_id, snapshot__taken_on__lt=release.taken_on)
        return rows.select_related("snapshot").order_by("-snapshot__taken_on", "-pk")


class FigureRelease(models.Model):
    """One snapshot as it was published, and never changed or taken back: whatever is published later is held against it.

    `contents` has the units, tiers and answers under the names of its day, and a row for each group of people: its unit, its tier (0 for all,
    −1 for the senior ones), how many people, how many of them are of the group in question, and of how many nobody knows. The last two are
    rounded by lot, and are missing where there are too few people."""

    retention = "As long as the provider keeps figures of its workforce: rounded counts, without names."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="release")
    characteristic = models.ForeignKey(Characteristic, on_delete=models.PROTECT, related_name="releases")
    made_at = models.DateTimeField("published", default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contents = models.JSONField()

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = FigureReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "release of figures"
        verbose_name_plural = "releases of figures"
        ordering = ("-snapshot__taken_on", "-pk")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.contents['characteristic']}: {self.contents['source']}, {self.taken_on:%-d %B %Y}"

    @property
    def taken_on(self) -> date:
        return date.fromisoformat(self.contents["taken_on"])

    @property
    def rows(self) -> list[Row]:
        """The groups of people as they are published."""
        return [Row((unit, tier), *numbers) for unit, tier, *numbers in self.contents["rows"]]

    @property
    def choice(self) -> str:
        """As it is named in an address, where figures are compared."""
        return f"release:{self.pk}"
