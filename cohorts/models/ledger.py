"""The day ledger. Progress is a sum over it; a mistake is reversed by a new entry."""

from typing import Self

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models.enrolment import Enrolment
from cohorts.models.plan import Component
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import append_only


class DayEntryQuerySet(ScopedQuerySet["DayEntry"]):
    def standing(self) -> Self:
        """Entries that were not reversed, without the reversals themselves."""
        return self.filter(reverses=None, reversed_by=None)


class DayEntry(models.Model):
    """Days (may be fractions) that one participant did of one component, and what they come from.

    `source` is the attendance, placement day or mentoring session that posted them. `sequence` counts the entries
    of one source, so that two processes that post the same thing collide in the database (B4)."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="day_entries")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="day_entries")
    days = models.DecimalField(max_digits=5, decimal_places=2)
    on = models.DateField()
    note = NameField(max_length=200, blank=True)
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    source = GenericForeignKey("content_type", "object_id")
    sequence = models.PositiveSmallIntegerField(default=1)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    posted_at = models.DateTimeField(default=timezone.now)
    posted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    visibility = Scope(through="enrolment")
    objects = DayEntryQuerySet.as_manager()

    class Meta:
        ordering = ("on", "pk")
        verbose_name_plural = "day entries"
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "sequence"], name="day_entry_once"),
            models.CheckConstraint(
                condition=Q(days__gt=0, reverses=None) | Q(days__lt=0, reverses__isnull=False),
                name="day_entry_negative_only_in_reverse",
            ),
        ]
        # Progress sums by these two, on every page that shows days.
        indexes = [models.Index(fields=["enrolment", "component"])]
        triggers = [
            *append_only(),
            # A reversal takes back exactly what one entry gave: the sum is always that of the standing entries.
            pgtrigger.Trigger(
                name="reversal_mirrors",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__reverses__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM cohorts_dayentry e
                        WHERE e.id = NEW.reverses_id AND e.reverses_id IS NULL AND e.days = -NEW.days
                          AND e.enrolment_id = NEW.enrolment_id AND e.component_id = NEW.component_id
                          AND e.content_type_id = NEW.content_type_id AND e.object_id = NEW.object_id
                    ) THEN
                        RAISE EXCEPTION 'A reversal mirrors the entry it takes back.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days of {self.component} on {self.on}"
