"""What participants are reminded of: a session that is coming (requirement of the year, 3.13)."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone

from cohorts import messages
from cohorts.models import Session
from cohorts.queries import people_of
from cohorts.states import CohortStatus, EnrolmentStatus
from steppingup.messaging.actions import Notice
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_rule, register


def sessions_due(kind: MessageKind, rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Each participant of each session that begins between two days and has not begun yet."""
    coming = (
        Session.objects.going_ahead()
        .filter(starts_at__gt=timezone.now(), starts_at__date__range=(start, end))
        .exclude(cohort__status=CohortStatus.CANCELLED)
    )
    for session in coming.select_related("cohort"):
        for enrolment in people_of(session):
            if enrolment.status == EnrolmentStatus.ENROLLED:
                about, related = messages.about_session(session, enrolment), (enrolment, enrolment.participant)
                notice = Notice(
                    kind, enrolment.participant, session, about, related=related, scopes=enrolment.message_scopes
                )
                yield ReminderItem(timezone.localdate(session.starts_at), notice)


SESSION_SOON = register(
    ReminderKind(
        "cohorts.session",
        "A session is coming",
        "the session",
        messages.SESSION_REMINDER.key,
        partial(sessions_due, messages.SESSION_REMINDER),
    )
)
SESSION_TOMORROW = register(
    ReminderKind(
        "cohorts.session_tomorrow",
        "A session is tomorrow",
        "the session",
        messages.SESSION_TOMORROW.key,
        partial(sessions_due, messages.SESSION_TOMORROW),
    )
)


def make_default_rules(**_: Any) -> None:
    """After each migration: a week before, as long as it is not tomorrow already, and the day before."""
    add_rule(kind=SESSION_SOON.key, days=7, when=ReminderRule.When.BEFORE, until=-2)
    add_rule(kind=SESSION_TOMORROW.key, days=1, when=ReminderRule.When.BEFORE, until=-1)
