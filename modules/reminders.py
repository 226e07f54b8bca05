"""Reminding participants of the day on which their qualification is due."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from django.utils import timezone

from modules.models import Registration, SessionSpeaker
from modules.notices import DUE_SOON, standing_now
from modules.states import Comes
from modules.talk_notices import REMINDER, of_talk
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


def talks_soon(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Speakers who were asked and have not said no, whose talk lies between the two days."""
    found = SessionSpeaker.objects.to_come().exclude(asked_at=None).exclude(comes=Comes.NO).exclude(speaker__email="")
    for talk in found.filter(session__starts_at__date__range=(start, end)).for_steps():
        yield ReminderItem(timezone.localdate(talk.session.starts_at), of_talk(REMINDER, talk))


add_reminder_kind(
    ReminderKind(
        "modules.talk_soon",
        "A speaker’s talk is coming up",
        "the talk",
        REMINDER.key,
        talks_soon,
        usual=(7, ReminderRule.When.BEFORE, 0),
    )
)
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
