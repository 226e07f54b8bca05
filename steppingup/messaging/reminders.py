"""Reminders: worked out again and again from rules that are rows, each one sent once.

An app registers what can be reminded of (`reminder_kinds`); coordinators say how many days before or
after which date. A day on which this did not run is caught up with, as long as the rule says it is worth it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats.sameness import address
from steppingup.messaging import scopes
from steppingup.messaging.actions import send
from steppingup.messaging.models import ReminderRule, ReminderSent
from steppingup.messaging.notices import Notice
from steppingup.messaging.reminder_kinds import ReminderKind, add_reminder_kind, all_kinds, find

__all__ = ["ReminderItem", "ReminderKind", "add_rule", "all_kinds", "find", "add_reminder_kind", "work_out_reminders"]

logger = logging.getLogger(__name__)

# Nobody is reminded of anything in the middle of the night (Europe/London).
DAYTIME = (time(8), time(20))


@dataclass(frozen=True)
class ReminderItem:
    """One person to be reminded of one date, by a notice: whom it tells of what decides whether it was sent before, and its
    scopes which rule holds. A notice whose secrets are a function issues a link only when it is really sent."""

    anchor: date
    notice: Notice

    @property
    def about(self) -> models.Model:
        if self.notice.about is None:
            raise ValueError("A reminder is about a record.")
        return self.notice.about

    @property
    def recipient(self) -> str:
        to = self.notice.to
        return to.email if isinstance(to, User) else address(to)


def has_died(notice: Notice) -> bool:
    """Nothing automatic reaches them."""
    return isinstance(notice.to, User) and notice.to.died_on is not None


#: Who is to be left in peace for a while. An app adds `is_held(notice)`; what is held is sent later, where it is still due.
HELD_WHILE: list[Callable[[Notice], bool]] = []


def add_rule(*, kind: str, days: int, when: str, until: int = 0, scope: models.Model | None = None) -> ReminderRule:
    """Load a rule from data, once; what a coordinator has changed on it stays.

    Raises LookupError when no app has registered the kind."""
    if find(kind) is None:
        raise LookupError(f"No app has registered the reminder “{kind}”.")
    type_id, pk = scopes.key(scope) if scope is not None else (None, None)
    rule, _ = ReminderRule.objects.get_or_create(
        kind=kind,
        content_type_id=type_id,
        object_id=pk,
        days=days,
        when=when,
        defaults={"until": until, "provider": scopes.provider_of(scope)},
    )
    return rule


def make_usual_rules(**_: Any) -> None:
    """After each migration: the usual rule of each kind of which there is none yet. A coordinator who has changed one keeps
    it; one that is not wanted is switched off."""
    there = set(ReminderRule.objects.values_list("kind", flat=True))
    for kind in all_kinds():
        if kind.usual and kind.key not in there:
            days, when, until = kind.usual
            add_rule(kind=kind.key, days=days, when=when, until=until)


def work_out_in_daytime() -> int:
    """What the timetable calls: nothing at night."""
    now = clock.local()
    return work_out_reminders(today=now.date()) if DAYTIME[0] <= now.time() <= DAYTIME[1] else 0


def work_out_reminders(*, today: date | None = None) -> int:
    """Send every reminder that is due and was not sent; run as often as you like, side by side too. Returns how many."""
    today = today or clock.today()
    kinds = {kind.key: kind for kind in all_kinds()}
    rules = list(ReminderRule.objects.filter(kind__in=kinds))
    scoped = {(rule.kind, rule.content_type_id, rule.object_id) for rule in rules}
    return sum(_work_out(rule, kinds[rule.kind], scoped, today) for rule in rules if rule.active)


def holds_for(rule: ReminderRule, around: Sequence[models.Model], scoped: set[tuple[str, Any, Any]]) -> bool:
    """Rules of the nearest scope that has any (active or not) replace those of wider scopes and the default."""
    for scope in around:
        where = scopes.key(scope)
        if (rule.kind, *where) in scoped:
            return where == (rule.content_type_id, rule.object_id)
    return rule.is_default


def _work_out(rule: ReminderRule, kind: ReminderKind, scoped: set[tuple[str, Any, Any]], today: date) -> int:
    start, end = rule.anchors_on(today)
    already = set(
        ReminderSent.objects.filter(rule=rule, anchor__range=(start, end)).values_list(
            "content_type_id", "object_id", "anchor", "recipient"
        )
    )
    done, problem = 0, ""
    try:
        for item in kind.due(rule, start, end):
            if not start <= item.anchor <= end or not holds_for(rule, item.notice.around, scoped):
                continue
            if (*scopes.key(item.about), item.anchor, item.recipient) in already:
                continue
            if has_died(item.notice) or any(is_held(item.notice) for is_held in HELD_WHILE):
                continue
            try:
                done += _remind(rule, item)
            except Exception as raised:  # one that cannot be written must not keep the others waiting
                logger.exception("%s could not be written for %s.", rule, item.about)
                problem = f"For “{item.about}”: {raised}"
    except Exception as raised:
        logger.exception("%s could not be worked out.", rule)
        problem = str(raised)
    ReminderRule.objects.filter(pk=rule.pk).update(last_run_at=clock.now(), last_problem=problem)
    return done


@transaction.atomic
def _remind(rule: ReminderRule, item: ReminderItem) -> bool:
    """Record and write one reminder, together or not at all. Whoever records it first, sends it."""
    # The unique row decides between two rounds at the same moment: the second waits for the first to commit, and finds it.
    record, mine = ReminderSent.objects.get_or_create(
        rule=rule,
        content_type=ContentType.objects.get_for_model(item.about),
        object_id=item.about.pk,
        anchor=item.anchor,
        recipient=item.recipient,
    )
    if not mine:
        return False
    record.message = send(item.notice)
    record.save(update_fields=["message"])
    return True
