"""What participants are reminded of: a session that is coming (requirement of the year, 3.13)."""

from collections.abc import Iterable
from datetime import date
from functools import partial

from django.utils import timezone

from cohorts import notices
from cohorts.models import Session
from cohorts.states import CohortStatus
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind


def sessions_due(kind: MessageKind, rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Each participant of each session that begins between two days and has not begun yet."""
    coming = Session.objects.going_ahead().filter(starts_at__gt=timezone.now(), starts_at__date__range=(start, end))
    for session in coming.exclude(cohort__status=CohortStatus.CANCELLED).for_steps():
        for notice in notices.to_those_who_come(kind, session):
            yield ReminderItem(timezone.localdate(session.starts_at), notice)


def _of_session(key: str, kind: MessageKind, days: int, until: int) -> None:
    due, usual = partial(sessions_due, kind), (days, ReminderRule.When.BEFORE, until)
    add_reminder_kind(ReminderKind(key, kind.title, "the session", kind.key, due, usual))


# A week before, as long as it is not tomorrow already, and the day before.
_of_session("cohorts.session", notices.SESSION_REMINDER, 7, -2)
_of_session("cohorts.session_tomorrow", notices.SESSION_TOMORROW, 1, -1)
