"""Files with counts of a workforce, while somebody says what their columns are, and what was said of such columns before."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from representation.models.snapshots import Snapshot
from representation.models.units import Category, Characteristic
from representation.permissions import RepresentationPermission
from representation.reading.balance import weigh
from representation.reading.figures import ANSWER, Counts, read_counts, why_not
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField
from steppingup.formats.sameness import fold


class CountFileQuerySet(ScopedQuerySet["CountFile"]):
    def for_steps(self) -> Self:
        return self.select_related("provider", "characteristic", "corrects", "snapshot")


@pghistory.track(exclude=["lines"])
class CountFile(models.Model):
    """A file as it was read in. `roles` says what each of its columns is. Once it is taken over it leads to its snapshot, and its lines
    are forgotten, as they hold numbers that nobody is to look up."""

    retention = "Its lines until they are taken over, or removed; 30 days at most."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = NameField("file", max_length=200)
    digest = models.CharField(max_length=64, editable=False)
    taken_on = DayField("figures of which day")
    source = NameField(max_length=300)
    characteristic = models.ForeignKey(Characteristic, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey(
        Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="corrects"
    )
    why = models.TextField("what was corrected", max_length=2000, blank=True)
    headings = models.JSONField(editable=False)
    lines = models.JSONField(default=list, editable=False)
    roles = models.JSONField(default=list, editable=False)
    read_at = models.DateTimeField("read in", default=clock.now, editable=False)
    read_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    snapshot = models.OneToOneField(
        Snapshot, null=True, blank=True, on_delete=models.SET_NULL, related_name="file", editable=False
    )

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = CountFileQuerySet.as_manager()

    class Meta:
        verbose_name = "file with counts"
        verbose_name_plural = "files with counts"
        ordering = ("-read_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(why=""),
                name="count_file_correction_says_why",
                violation_error_message="Say what was corrected.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def called(self) -> dict[str, str]:
        """The names of the answers by their keys, as they are used on its day."""
        return {str(one.pk): one.name for one in self._used()}

    def _used(self) -> list[Category]:
        return [one for one in self.characteristic.categories.all() if one.is_used_on(self.taken_on)]

    @property
    def why_not(self) -> str:
        """What speaks against its columns as they were said; nothing, where they can be read."""
        if len(self.roles) != len(self.headings):
            return "Say what its columns are."
        gone = {role for role in self.roles if role.startswith(ANSWER)} - {f"{ANSWER}{key}" for key in self.called()}
        if gone:
            return "A column was said to count an answer that is not used on this day. Say what it is."
        return why_not(self.roles)

    def read(self) -> Counts:
        """Its counts, and what is wrong with it. Raises ValueError while its columns do not belong together."""
        if self.why_not:
            raise ValueError(self.why_not)
        found = read_counts(self.headings, self.roles, [(line, cells) for line, cells in self.lines], self.called())
        sides = {fold(one.name): one.counts for one in self._used()}
        return weigh(found, self.headings, self.roles, sides)


class ColumnMemory(ScopedModel):
    """What a column with this heading was said to be: the next file begins with it."""

    retention = "As long as the provider keeps figures of its workforce. Holds no personal data."

    provider = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    characteristic = models.ForeignKey(Characteristic, on_delete=models.CASCADE, related_name="+")
    heading = NameField(max_length=200)
    role = models.CharField(max_length=40)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)

    class Meta:
        verbose_name = "column of before"
        verbose_name_plural = "columns of before"
        ordering = ("heading", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "characteristic", "heading"],
                name="column_memory_once",
                violation_error_message="A column of this heading is known already.",
            )
        ]

    def __str__(self) -> str:
        return self.heading
