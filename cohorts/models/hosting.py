"""Where an assignment was, and whom to ask for there, from which day until when.

The columns of the same names on the placement are those of today; what happened is read here, as of its day. The database keeps
the two in step (`hosting_follows` on the placement) and days apart. The first row has no first day: it speaks of everything
before the second, whenever the assignment itself began."""

from datetime import date
from typing import Any, Self

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from cohorts.models.membership import LONDON, _Days, _Whole
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import NameField
from steppingup.history.guards import Follows

#: What a hosting says; each is a column of the placement too.
HOSTED_BY = ("host", "host_contact")


class HostingQuerySet(ScopedQuerySet["Hosting"]):
    def on(self, day: Any) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day)).since(day)

    def since(self, day: Any) -> Self:
        """Those that hold on this day or on a later one."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Hosting(models.Model):
    """From `starts_on` until the day before `ends_on` (open while it lasts), the assignment was with this host."""

    retention = "With the enrolment: 6 years after the cohort ends."

    placement = models.ForeignKey("cohorts.Placement", on_delete=models.CASCADE, related_name="hostings")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    host_contact = NameField("whom to ask for", max_length=150, blank=True)
    starts_on = models.DateField("from", null=True, blank=True)
    ends_on = models.DateField("until, without this day", null=True, blank=True)

    visibility = Scope(through="placement")
    objects = HostingQuerySet.as_manager()

    class Meta:
        # What has no first day is the first.
        ordering = ("placement", F("starts_on").asc(nulls_first=True))
        verbose_name = "host of an assignment"
        verbose_name_plural = "hosts of assignments"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gt=F("starts_on")),
                name="hosting_ends_after",
            ),
            ExclusionConstraint(
                name="hosting_one_a_day",
                expressions=[
                    (_Whole(F("placement")), RangeOperators.OVERLAPS),
                    (_Days(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        since = f" from {english.day_date(self.starts_on)}" if self.starts_on else ""
        until = f" to {english.day_date(self.last_day)}" if self.last_day else ""
        return f"{self.host}{since}{until}"

    def covers(self, day: date) -> bool:
        """As in `on()`."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day < self.ends_on)

    @property
    def last_day(self) -> date | None:
        return date.fromordinal(self.ends_on.toordinal() - 1) if self.ends_on else None


#: For whoever writes the placement without the step: its columns and the host of today never disagree.
KEPT_IN_STEP = [
    Follows(
        name="hosting_begins",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func="""
            INSERT INTO cohorts_hosting (placement_id, host_id, host_contact)
            VALUES (NEW.id, NEW.host_id, NEW.host_contact);
            RETURN NULL;
        """,
    ),
    Follows(
        name="hosting_follows",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*HOSTED_BY),
        declare=[("last", "cohorts_hosting%ROWTYPE"), ("today", "date")],
        func=f"""
            today := (now() {LONDON})::date;
            SELECT * INTO last FROM cohorts_hosting WHERE placement_id = NEW.id AND ends_on IS NULL;
            IF (last.host_id, last.host_contact) IS DISTINCT FROM (NEW.host_id, NEW.host_contact) THEN
                IF last.starts_on >= today THEN
                    UPDATE cohorts_hosting SET host_id = NEW.host_id, host_contact = NEW.host_contact WHERE id = last.id;
                ELSE
                    UPDATE cohorts_hosting SET ends_on = today WHERE id = last.id;
                    INSERT INTO cohorts_hosting (placement_id, host_id, host_contact, starts_on)
                    VALUES (NEW.id, NEW.host_id, NEW.host_contact, today);
                END IF;
            END IF;
            RETURN NULL;
        """,
    ),
]
