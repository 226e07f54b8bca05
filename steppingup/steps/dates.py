"""The day on which something happened, asked for where the moment of the click is not it.

form=asking(on=EventDate(label="When did they leave?"))

def withdraw(*, enrolment, reason, by, on: date | None = None):
    on = event_day(on, not_before=joined, because=f"They joined on {english.day_date(joined)}.")
    ... withdrawn_at=moment_of(on)

Today by default, never in the future, never before what it follows. The field says the first two beside itself; the action says
all of it, for whoever calls it.
"""

from datetime import date, datetime
from typing import Any

from django import forms

from steppingup import clock
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import refuse_if

FUTURE = "This day is in the future. Enter today or an earlier day."


class EventDate(DayInput):
    """A day that has come; today unless another is given, or when it is left empty."""

    def __init__(self, **kwargs: Any) -> None:
        asked: dict[str, Any] = {
            "initial": clock.today,
            "help_text": "Today, or an earlier day.",
            "required": False,
        }
        super().__init__(**asked | kwargs)

    def clean(self, value: Any) -> date:
        on = super().clean(value) or clock.today()
        if on > clock.today():
            raise forms.ValidationError(FUTURE, code="future")
        return on


def event_day(on: date | None, *, not_before: date | None = None, because: str = "", field: str = "on") -> date:
    """The day that was given, or today. `because` is a sentence that says what happened on `not_before`.

    Raises NotPossible for a day in the future, or before what it follows."""
    on = on or clock.today()
    refuse_if(on > clock.today(), FUTURE, "future", field=field)
    refuse_if(
        not_before and on < not_before,
        f"{because or f'It cannot be before {english.day_date(not_before)}.'} Enter that day or a later one.",
        "too_early",
        field=field,
    )
    return on


def moment_of(on: date) -> datetime:
    """The moment to keep for an event of that day: now, where it is today; else the last second of the day, in London."""
    if on == clock.today():
        return clock.now()
    return clock.end_of(on)
