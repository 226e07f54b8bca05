"""From minutes to days: what the ledger lacks so that all that was recorded comes to the days of all its minutes.

Each rounded by itself would lose hours: 14 meetings of an hour and a half are 3 days of 7 hours, not 2.94."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum, Value
from django.db.models.functions import Least

from cohorts.actions import days
from cohorts.models import Component, Enrolment


def lacking(component: Component, every: Any) -> Decimal:
    """`every`: the rows of this person and part that have minutes, removed ones among them."""
    # What was posted by another plan's minutes of a day stays so.
    every = every.exclude(pk__in=days.posted_by_other_minutes(every, component).values("object_id"))
    # However long one row is, it is one day.
    counted = Least("minutes", Value(component.minutes_per_day))
    minutes = every.filter(removed_at=None).aggregate(sum=Sum(counted))["sum"] or 0
    return days.days_of_minutes(component, minutes) - days.posted_by(every)


def amount(component: Component, enrolment: Enrolment, every: Any, source: Any) -> Decimal:
    """What the ledger lacks, as far as it is not the rest of a rounding that finds no room on the date of the source."""
    lacks = min(lacking(component, every), days.ONE)
    left, own = days.free_of(enrolment, source.on), days.days_of_minutes(component, source.minutes)
    return left if own <= left < lacks else lacks
