"""Reminding participants of the day on which their qualification is due."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from modules.models import Registration
from modules.notices import DUE_SOON, standing_now
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.notices import Notice
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind


def due_soon(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Participants who have not finished, and whose due date lies between the two days (B46)."""
    for registration in Registration.objects.under_way().filter(due_on__range=(start, end)).with_everything():
        words = partial(standing_now, registration, DUE_SOON)  # worked out only when it is really sent
        related = [registration.enrolment, registration.participant]
        notice = Notice(DUE_SOON, registration.participant, registration, words, related=related)
        yield ReminderItem(registration.due_on, notice)


add_reminder_kind(
    ReminderKind(
        "modules.due_soon",
        "A qualification is due and not finished",
        "the qualification is due",
        DUE_SOON.key,
        due_soon,
        usual=(30, ReminderRule.When.BEFORE, 0),
    )
)
