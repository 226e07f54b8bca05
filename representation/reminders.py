"""What leads of a plan are reminded of: an item that is due soon, and once, one that is overdue (R16). And what people in the
succession pool are told before what is said of them lapses, and once it has (L2)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from representation import notices, pool_notices
from representation.models import ItemLead, PoolEntry
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind


def leads_due(kind: MessageKind, rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Each lead of an item whose month ends between two days, and that is not achieved."""
    for lead in ItemLead.objects.due(start, end).for_steps():
        due = lead.item.due_by
        if due and start <= due <= end:
            yield from (ReminderItem(due, notice) for notice in notices.to_leads(kind, lead))


def due_soon(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    return leads_due(notices.DUE, rule, start, end)


def overdue(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    return leads_due(notices.OVERDUE, rule, start, end)


add_reminder_kind(
    ReminderKind(
        "representation.item_due",
        "An item of an action plan is due soon",
        "the end of its month",
        notices.DUE.key,
        due_soon,
        (21, ReminderRule.When.BEFORE, 0),
    )
)
add_reminder_kind(
    ReminderKind(
        "representation.item_overdue",
        "An item of an action plan is overdue",
        "the end of its month",
        notices.OVERDUE.key,
        overdue,
        (3, ReminderRule.When.AFTER, 30),
    )
)


def pool_due(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    return _reviewed_by(pool_notices.DUE, PoolEntry.objects.counted(), start, end)


def pool_lapsed(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Once its day has passed. A new review has a later day, so nobody is told of what does not hold."""
    return _reviewed_by(pool_notices.LAPSED, PoolEntry.objects.lapsed(), start, end)


def _reviewed_by(kind: MessageKind, rows: Any, start: date, end: date) -> Iterable[ReminderItem]:
    """Those of these people in the pool whose readiness is to be reviewed by a day between the two."""
    due = rows.filter(review_by__range=(start, end)).for_steps()
    for entry in due.filter(enrolment__participant__is_active=True, enrolment__participant__died_on=None):
        if entry.review_by:
            yield ReminderItem(entry.review_by, pool_notices.to_person(kind, entry))


add_reminder_kind(
    ReminderKind(
        "representation.pool_due",
        "A place in the succession pool is to be reviewed soon",
        "the day by which it is reviewed",
        pool_notices.DUE.key,
        pool_due,
        (21, ReminderRule.When.BEFORE, 0),
    )
)
add_reminder_kind(
    ReminderKind(
        "representation.pool_lapsed",
        "A place in the succession pool has lapsed",
        "the day by which it was to be reviewed",
        pool_notices.LAPSED.key,
        pool_lapsed,
        (1, ReminderRule.When.AFTER, 30),
    )
)
