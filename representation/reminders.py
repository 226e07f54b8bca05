"""What leads of a plan are reminded of: an item that is due soon, and once, one that is overdue (R16)."""

from collections.abc import Iterable
from datetime import date

from representation import notices
from representation.models import ItemLead
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
