"""When a participant is to be at their host, by the pattern that was agreed, without days off, sessions and pauses; and which of these
days they have not recorded yet."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from cohorts.models import Pause, Placement, Session
from cohorts.planning.bank_holidays import bank_holidays
from steppingup import clock
from steppingup.formats import english
from steppingup.formats.recurring import Recurring

#: So many are offered at once to be recorded, and shown of those to come.
SHOWN = 5


class PlannedDay(NamedTuple):
    on: date
    days: Decimal

    @property
    def in_words(self) -> str:
        """“Tuesday 3 March 2020”, “Tuesday 3 March 2020, ½ day”."""
        part = "" if self.days == 1 else f", {english.days_counted(self.days)}"
        return f"{english.weekday_date(self.on)}{part}"


class Planned(NamedTuple):
    """`to_record`: days of the pattern that are over and not recorded, the latest first. `coming`: today and later, until all days of its
    part of the plan are recorded."""

    to_record: list[PlannedDay]
    coming: list[PlannedDay]

    @property
    def all(self) -> list[PlannedDay]:
        """Those of the past and those to come, in order."""
        return [*reversed(self.to_record), *self.coming]


NONE = Planned([], [])


def pattern_of(placement: Placement) -> Recurring | None:
    """Nothing where no days of the week, or no first and last day, were agreed."""
    if not placement.weekdays or not placement.starts_on or not placement.ends_on:
        return None
    ends_on = min(placement.ends_on, placement.lost_on) if placement.lost_on else placement.ends_on
    return Recurring(placement.weekdays, placement.starts_on, ends_on, placement.day_share, placement.every_weeks)


def planned_of(placement: Placement) -> Planned:
    """In three queries: the sessions, the pauses, and what was recorded."""
    pattern = pattern_of(placement)
    if pattern is None:
        return NONE
    enrolment = placement.enrolment
    nation = enrolment.cohort.programme.nation
    held = Session.objects.for_enrolment(enrolment).going_ahead().values_list("starts_at", flat=True)
    busy = {timezone.localdate(moment) for moment in held}
    pauses = list(Pause.objects.filter(enrolment=enrolment))

    def is_off(day: date) -> bool:
        paused = any(one.starts_on <= day and (one.ends_on is None or day < one.ends_on) for one in pauses)
        return day in busy or paused or day in bank_holidays(day.year, nation) or day == placement.lost_on

    recorded = dict(placement.days.standing().values_list("on", "days"))
    today, left = clock.today(), placement.component.days - sum(recorded.values(), Decimal(0))

    def is_taken(day: date) -> bool:
        return day in recorded or is_off(day)

    over = [day for day in pattern.dates() if day < today and not is_taken(day)] if left > 0 else []
    ahead = replace(pattern, starts_on=max(today, pattern.starts_on), first=pattern.starts_on)
    return Planned(
        [PlannedDay(day, min(pattern.share, left)) for day in reversed(over)],
        [PlannedDay(*one) for one in ahead.planned(left, is_taken)],
    )
