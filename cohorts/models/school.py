"""School holidays, which sessions that are made from a plan keep free: people with children are away, or have nobody to look after them."""

from datetime import date, timedelta
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q

from cohorts.permissions import CohortPermission
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField


class SchoolHolidayQuerySet(ScopedQuerySet["SchoolHoliday"]):
    def of(self, provider: Organisation | int) -> Self:
        return self.filter(provider=provider)

    def at(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def days(self) -> frozenset[date]:
        """Each day of them."""
        rows = self.values_list("starts_on", "ends_on")
        return frozenset(
            first + timedelta(days=number) for first, last in rows for number in range((last - first).days + 1)
        )


@pghistory.track()
class SchoolHoliday(models.Model):
    """When the schools are closed where a provider’s people live, as the provider says."""

    retention = "Holds no personal data."

    provider = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", limit_choices_to={"is_provider": True}
    )
    name = NameField(max_length=80, help_text="Such as “Autumn half-term”.")
    starts_on = DayField("first day")
    ends_on = DayField("last day")

    visibility = Scope(see=CohortPermission.RUN_COHORTS, provider="provider")
    objects = SchoolHolidayQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="school_holiday_ends_after",
                violation_error_message="The last day must not be before the first. Check both days.",
            ),
            models.UniqueConstraint(
                fields=["provider", "starts_on"],
                name="school_holiday_once",
                violation_error_message="Holidays that begin on this day have been entered already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {english.day_date(self.starts_on)} to {english.day_date(self.ends_on)}"
