"""The day ledger. Progress is a sum over it; a mistake is reversed by a new entry."""

from typing import Any, Self

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum

from cohorts.models.enrolment import Enrolment
from cohorts.models.plan import Component
from cohorts.states import BY_MINUTES
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import append_only


class DayEntryQuerySet(ScopedQuerySet["DayEntry"]):
    def of_person(self, person: Any, on: Any) -> Self:
        """What somebody has of a day, on all their programmes; what lies beside the day is not of it."""
        return self.filter(enrolment__participant=person, on=on, beside="")

    def of_more_than_a_day(self) -> Self:
        """Entries that stand on a date on which the person has more than one day. There are none since the database keeps
        count; those of before are as they were."""
        same = DayEntry.objects.of_person(OuterRef("enrolment__participant"), OuterRef("on")).order_by()
        whole = same.values("on").annotate(days=Sum("days")).filter(days__gt=1)
        return self.standing().filter(Exists(whole), beside="")

    def standing(self) -> Self:
        """Entries that were not reversed, without the reversals themselves."""
        return self.filter(reverses=None, reversed_by=None)


class DayEntry(models.Model):
    """Days (may be fractions) that one participant did of one component, and what they come from.

    One person has one day a day: the entries of one date add up to at most one, over all components and programmes. What is
    recorded in minutes may lie beside a whole day; then `beside` says how that was possible. Entries from before this was
    kept stand as they are, and nothing is added to their dates.

    `source` is the attendance, placement day or mentoring session that posted them. `sequence` counts the entries
    of one source, so that two processes that post the same thing collide in the database (B4)."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="day_entries")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="day_entries")
    # Finer than anybody says it: seven sessions of an hour are a day of seven hours.
    days = models.DecimalField(max_digits=9, decimal_places=6)
    on = models.DateField()
    note = NameField(max_length=200, blank=True)
    beside = NameField(
        "beside a whole day",
        max_length=200,
        blank=True,
        help_text="How it was possible on a day that was full: an hour in the evening.",
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    source = GenericForeignKey("content_type", "object_id")
    sequence = models.PositiveSmallIntegerField(default=1)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    posted_at = models.DateTimeField(default=clock.now)
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
            # Deferrable, so that whoever replaces one entry by another may write them in either order. Two who write for one
            # person at once wait for one another: each would find the day half free.
            pgtrigger.Trigger(
                name="one_day_a_day",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Immediate,
                condition=pgtrigger.Q(new__days__gt=0),
                declare=[("person", "bigint"), ("found", "numeric")],
                func=f"""
                    IF NEW.beside <> '' THEN
                        IF NOT EXISTS (SELECT 1 FROM cohorts_component c WHERE c.id = NEW.component_id
                                       AND c.recording IN ({", ".join(f"'{one}'" for one in BY_MINUTES)})) THEN
                            RAISE EXCEPTION 'Only what is recorded in minutes lies beside a day.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                        RETURN NULL;
                    END IF;
                    SELECT participant_id INTO person FROM cohorts_enrolment WHERE id = NEW.enrolment_id;
                    PERFORM pg_advisory_xact_lock(20261127, person::int);
                    SELECT sum(d.days) INTO found FROM cohorts_dayentry d
                        JOIN cohorts_enrolment e ON e.id = d.enrolment_id
                        WHERE e.participant_id = person AND d."on" = NEW."on" AND d.beside = '';
                    IF found > 1 + 0.0001 THEN  -- what is left of a rounding is no more than a day
                        RAISE EXCEPTION 'A person has one day a day.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
            # What counts on no day of a pause; the pause, over no day that counts (`not_over_days_done`).
            pgtrigger.Trigger(
                name="not_in_a_pause",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__days__gt=0),
                func="""
                    IF EXISTS (SELECT 1 FROM cohorts_pause p WHERE p.enrolment_id = NEW.enrolment_id
                               AND p.starts_on <= NEW."on" AND (p.ends_on IS NULL OR NEW."on" < p.ends_on)) THEN
                        RAISE EXCEPTION 'Nothing counts on a day of a pause.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
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
                          AND e."on" = NEW."on" AND e.beside = NEW.beside
                    ) THEN
                        RAISE EXCEPTION 'A reversal mirrors the entry it takes back.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{english.days_counted(self.days)} of {self.component} on {self.on}"
