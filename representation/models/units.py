"""What figures of a workforce are divided by: units that are merged and renamed, tiers in an order, and characteristics (R9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import pghistory
import pgtrigger
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from representation.permissions import RepresentationPermission
from representation.states import Counts, Track, UnitKind
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField


class UnitQuerySet(ScopedQuerySet["Unit"]):
    def on(self, day: date) -> Self:
        """Those that there were on this day."""
        return self.filter(Q(began_on=None) | Q(began_on__lte=day), Q(ended_on=None) | Q(ended_on__gte=day))

    def for_steps(self) -> Self:
        return self.select_related("provider", "became").prefetch_related("versions__parent")


@pghistory.track()
class Unit(models.Model):
    """An organisation, department, division or service. What it is called and what it belongs to has dates (`UnitVersion`): divisions are
    renamed and merged in March, and figures of before keep the names of before. `became`: the unit that it was merged into."""

    retention = "As long as the provider keeps figures of its workforce. Holds no personal data."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("what it is", max_length=20, choices=UnitKind)
    code = NameField(max_length=30, blank=True, help_text="As files name it, where they use numbers or letters.")
    began_on = DayField("since", null=True, blank=True)
    ended_on = DayField("last day", null=True, blank=True)
    became = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="made_from", editable=False
    )

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ("provider", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(began_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("began_on")),
                name="unit_ends_after",
                violation_error_message="The last day is before the first.",
            ),
            models.CheckConstraint(
                condition=Q(became=None) | Q(ended_on__isnull=False),
                name="unit_became_when_it_ended",
                violation_error_message="A unit that became another one has a last day.",
            ),
        ]

    def __str__(self) -> str:
        return self.called(clock.today())

    def version(self, day: date) -> "UnitVersion | None":
        """How it was on a day: the latest that had begun, or else the first there is."""
        rows = sorted(self.versions.all(), key=lambda one: one.from_on or date.min)
        begun = [one for one in rows if one.from_on is None or one.from_on <= day]
        return begun[-1] if begun else next(iter(rows), None)

    def called(self, day: date) -> str:
        found = self.version(day)
        return found.name if found else f"Unit {self.pk}"


@pghistory.track()
class UnitVersion(ScopedModel):
    """What a unit is called, and what it belongs to, from a day on; without a day, from the beginning."""

    retention = "With its unit."

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="versions")
    from_on = DayField("from", null=True, blank=True)
    name = NameField(max_length=150)
    parent = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    visibility = Scope(through="unit")

    class Meta:
        verbose_name = "name of a unit"
        verbose_name_plural = "names of units"
        ordering = ("unit", F("from_on").asc(nulls_first=True), "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "from_on"],
                name="unit_version_once",
                nulls_distinct=False,
                violation_error_message="There is another name from that day on.",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("unit")),
                name="unit_below_another",
                violation_error_message="A unit does not belong to itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Placed:
    """A unit as it was on a day: its name, how deep it lies in the tree, and the units below it, itself with them."""

    unit: Unit
    name: str
    depth: int
    below: frozenset[int]


def tree(units: Iterable[Unit], day: date) -> list[Placed]:
    """The units in the order of a tree, as they were on a day; siblings by name. A unit whose parent is not among them, or which would
    lie below itself, stands at the top."""
    rows: dict[int, Unit] = {unit.pk: unit for unit in units}
    versions = {pk: unit.version(day) for pk, unit in rows.items()}
    parent = {pk: found.parent_id if found and found.parent_id in rows else None for pk, found in versions.items()}
    for pk in list(parent):
        seen, at = {pk}, parent[pk]
        while at is not None and at not in seen:
            seen.add(at)
            at = parent[at]
        if at is not None:
            parent[pk] = None
    children: dict[int | None, list[int]] = {}
    for pk in sorted(rows, key=lambda one: rows[one].called(day)):
        children.setdefault(parent[pk], []).append(pk)
    found: list[Placed] = []

    def place(pk: int, depth: int) -> frozenset[int]:
        at = len(found)
        found.append(Placed(rows[pk], rows[pk].called(day), depth, frozenset()))
        below = frozenset([pk]).union(*(place(child, depth + 1) for child in children.get(pk, ())))
        found[at] = Placed(rows[pk], rows[pk].called(day), depth, below)
        return below

    for pk in children.get(None, ()):
        place(pk, 0)
    return found


@pghistory.track()
class Tier(ScopedModel):
    """A grade, or several, in the order in which people step up. Clinical posts are counted apart from others where that is asked (WRES)."""

    retention = "As long as the provider keeps figures of its workforce. Holds no personal data."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()
    name = NameField(max_length=100)
    track = models.CharField("counted with", max_length=20, choices=Track, blank=True)
    is_senior = models.BooleanField("senior", default=False, help_text="Counts among those who lead.")
    is_top = models.BooleanField("very senior managers or board", default=False)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)

    class Meta:
        ordering = ("provider", "track", "order", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "track", "name"],
                name="tier_once",
                violation_error_message="There is a tier of this name already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_track_display().lower()}" if self.track else self.name


@pghistory.track()
class Characteristic(ScopedModel):
    """What people are counted by: ethnicity, sex, disability. Its categories have dates, as a census changes them."""

    retention = "As long as the provider keeps figures of its workforce. Holds no personal data."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = NameField(max_length=100)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "name"],
                name="characteristic_once",
                violation_error_message="There is a characteristic of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


#: Of an answer in figures that were published.
COUNTED_SO = "Published figures count it this way. Add another answer to replace it from a given day."


@pghistory.track()
class Category(ScopedModel):
    """One answer, and with whom it is counted: those who are missing at the top, everybody else, or not known. One that a later census has
    in the place of an earlier one names it (`follows`), so that both can be compared."""

    retention = "With its characteristic."

    characteristic = models.ForeignKey(Characteristic, on_delete=models.CASCADE, related_name="categories")
    name = NameField(max_length=150)
    counts = models.CharField("counted with", max_length=10, choices=Counts)
    from_on = DayField("used since", null=True, blank=True)
    until_on = DayField("used until", null=True, blank=True)
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="in the place of"
    )

    visibility = Scope(through="characteristic")

    class Meta:
        verbose_name_plural = "categories"
        ordering = ("characteristic", "counts", "name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["characteristic", "name", "from_on"],
                name="category_once",
                nulls_distinct=False,
                violation_error_message="There is a category of this name already.",
            ),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="category_ends_after",
                violation_error_message="The last day is before the first.",
            ),
        ]
        triggers = [
            # What was published is reckoned from it, and everything later is held against that.
            pgtrigger.Trigger(
                name="published_answers_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("counts"),
                condition=pgtrigger.Q(old__counts__df=pgtrigger.F("new__counts")),
                func=f"""
                    IF EXISTS (
                        SELECT 1 FROM representation_headcount h
                        JOIN representation_figurerelease r ON r.snapshot_id = h.snapshot_id
                        WHERE h.category_id = NEW.id
                    ) THEN
                        RAISE EXCEPTION '{COUNTED_SO}' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """With whom an answer is counted stays, once figures were published with it."""
        super().clean()
        before = Category.objects.filter(pk=self.pk).values_list("counts", flat=True).first()
        if before not in (None, self.counts) and self.is_published:
            raise ValidationError({"counts": COUNTED_SO})

    @property
    def is_published(self) -> bool:
        """Does it stand in figures that were published?"""
        counts = apps.get_model("representation", "HeadCount").objects
        return bool(self.pk and counts.filter(category=self.pk, snapshot__release__isnull=False).exists())

    def is_used_on(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)

    @property
    def whom(self) -> Any:
        return Counts(self.counts)
