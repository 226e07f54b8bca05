"""Files with counts of a workforce, while somebody says what their columns are, and what was said of such columns before."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from representation.models.snapshots import Snapshot
from representation.models.units import Category, Characteristic, Tier, Unit
from representation.permissions import RepresentationPermission
from representation.reading.balance import ask, once, weigh
from representation.reading.figures import ANSWER, TIER, UNIT, Counts, read_counts, why_not
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
        for role, several in ((UNIT, self._units_called_alike()), (TIER, self._tiers_called_alike())):
            found = ask(found, self.headings, self.roles, role, several)
        units = {name: unit.pk for name, unit in self.units_by_name().items()}
        tiers = {name: tier.pk for name, tier in self.tiers_by_name().items()}
        found = once(found, self.headings, self.roles, units, tiers)
        sides = {fold(one.name): one.counts for one in self._used()}
        return weigh(found, self.headings, self.roles, sides)

    @cached_property
    def units_there(self) -> list[Unit]:
        """The units that there were on its day."""
        return list(Unit.objects.filter(provider=self.provider_id).on(self.taken_on).prefetch_related("versions"))

    @cached_property
    def tiers_there(self) -> list[Tier]:
        return list(Tier.objects.filter(provider=self.provider_id))

    def _units_called_alike(self) -> dict[str, str]:
        """What is asked where a name is that of several units."""
        called = [unit.called(self.taken_on) for unit in self.units_there]
        said = "Several units are called “{}” on that day. Write the code of the one that is meant, and give it one on its page if it has none."
        return _asked(called, said)

    def _tiers_called_alike(self) -> dict[str, str]:
        """Of clinical and other posts, say, unless there is a tier that is called so and nothing else."""
        alone = {fold(tier.name) for tier in self.tiers_there if not tier.track}
        tiers = [tier for tier in self.tiers_there if fold(tier.name) not in alone]
        examples = {fold(tier.name): str(tier) for tier in tiers}
        asked = _asked([tier.name for tier in tiers], "Several tiers are called “{}”. Write which one is meant, as in")
        return {key: f"{said} “{examples[key]}”." for key, said in asked.items()}

    def units_by_name(self) -> dict[str, Unit]:
        """The units that there were on the day, by what they were called then, and by their codes."""
        found: dict[str, Unit] = {}
        for unit in self.units_there:
            found[fold(unit.called(self.taken_on))] = unit
        for unit in self.units_there:
            if unit.code:
                found.setdefault(fold(unit.code), unit)
        return found

    def tiers_by_name(self) -> dict[str, Tier]:
        """By their names, and by these with what they are counted with; one that is counted with nothing comes first."""
        found: dict[str, Tier] = {}
        for one in sorted(self.tiers_there, key=lambda one: bool(one.track)):
            for name in (str(one), one.name):
                found.setdefault(fold(name), one)
        return found


def _asked(called: list[str], said: str) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    for name in called:
        names.setdefault(fold(name), []).append(name)
    return {key: said.format(several[0]) for key, several in names.items() if len(several) > 1}


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
