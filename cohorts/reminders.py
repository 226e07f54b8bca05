"""What participants are reminded of: a session that is coming (requirement of the year, 3.13)."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone

from cohorts import notices
from cohorts.models import Session
from cohorts.states import CohortStatus
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind, add_rule


def sessions_due(kind: MessageKind, rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Each participant of each session that begins between two days and has not begun yet."""
    coming = Session.objects.going_ahead().filter(starts_at__gt=timezone.now(), starts_at__date__range=(start, end))
    for session in coming.exclude(cohort__status=CohortStatus.CANCELLED).for_steps():
        for notice in notices.to_those_who_come(kind, session):
            yield ReminderItem(timezone.localdate(session.starts_at), notice)


def _of_session(key: str, kind: MessageKind) -> ReminderKind:
    return add_reminder_kind(ReminderKind(key, kind.title, "the session", kind.key, partial(sessions_due, kind)))


SESSION_SOON = _of_session("cohorts.session", notices.SESSION_REMINDER)
SESSION_TOMORROW = _of_session("cohorts.session_tomorrow", notices.SESSION_TOMORROW)


def make_default_rules(**_: Any) -> None:
    """After each migration: a week before, as long as it is not tomorrow already, and the day before."""
    add_rule(kind=SESSION_SOON.key, days=7, when=ReminderRule.When.BEFORE, until=-2)
    add_rule(kind=SESSION_TOMORROW.key, days=1, when=ReminderRule.When.BEFORE, until=-1)
