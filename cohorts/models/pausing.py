"""Pauses: days on which somebody is not on the programme although their place is kept."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Self

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from cohorts.models.enrolment import Enrolment
from cohorts.models.membership import _Days, _Whole, covers
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField


class PauseQuerySet(ScopedQuerySet["Pause"]):
    def on(self, day: Any) -> Self:
        return self.filter(covers(day))

    def since(self, day: Any) -> Self:
        """Those that hold on this day or on a later one."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Pause(models.Model):
    """From `starts_on` until the day before `ends_on` (open while nobody knows), a participant takes no part: for sickness, a birth,
    or to care for somebody. Their place stays theirs, no session is theirs, nothing counts, and their last day moves by as much.

    Why is not asked: what the programme needs to know is when."""

    retention = "With the enrolment: 6 years after the cohort ends. Does not say why."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="pauses")
    starts_on = DayField("first day")
    ends_on = DayField("back on", null=True, blank=True)

    visibility = Scope(through="enrolment")
    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ("enrolment", "starts_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="pause_ends_after",
                violation_error_message="The day on which they are back must come after the first day of the pause.",
            ),
            ExclusionConstraint(
                name="pause_one_a_day",
                expressions=[
                    (_Whole(F("enrolment")), RangeOperators.OVERLAPS),
                    (_Days(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS),
                ],
                violation_error_message="There is a pause on some of these days already.",
            ),
        ]
        triggers = [
            # Nothing counts on a day of a pause: here, and on the ledger (`not_in_a_pause`).
            pgtrigger.Trigger(
                name="not_over_days_done",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("starts_on", "ends_on", "enrolment_id"),
                func="""
                    IF EXISTS (SELECT 1 FROM cohorts_dayentry d WHERE d.enrolment_id = NEW.enrolment_id AND d.days > 0
                               AND d."on" >= NEW.starts_on AND (NEW.ends_on IS NULL OR d."on" < NEW.ends_on)
                               AND NOT EXISTS (SELECT 1 FROM cohorts_dayentry r WHERE r.reverses_id = d.id)) THEN
                        RAISE EXCEPTION 'Days were done in this pause.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.in_words

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def last_day(self) -> date | None:
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    @property
    def in_words(self) -> str:
        """“Pause from 4 May 2020 to 14 June 2020”."""
        until = f" to {english.day_date(self.last_day)}" if self.last_day else ", until further notice"
        return f"Pause from {english.day_date(self.starts_on)}{until}"


def paused_days(pauses: Iterable[Pause], start: date, end: date) -> int:
    """How many days from `start` to `end`, both counted, lie in a pause. One that is open lasts to the end."""
    return sum(
        max(0, (min(one.ends_on or date.max, end + timedelta(days=1)) - max(one.starts_on, start)).days)
        for one in pauses
    )


def last_day_with(pauses: Iterable[Pause], starts_on: date, ends_on: date) -> date:
    """The last day of somebody on a cohort of these dates: each day of it that they paused comes after its end, and those that they
    pause there as well. One that is still open moves it by what has been of it so far only once it has ended."""
    last = ends_on
    for one in sorted((one for one in pauses if one.ends_on), key=lambda pause: pause.starts_on):
        if one.starts_on <= last:
            last += timedelta(days=paused_days([one], max(one.starts_on, starts_on), date.max - timedelta(days=1)))
    return last
