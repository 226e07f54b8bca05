"""Reminders: worked out again and again from rules that are rows, each one sent once.

An app registers what can be reminded of (`ReminderKind`) in its `messages.py`; coordinators say how many days before or
after which date. A day on which this did not run is caught up with, as long as the rule says it is worth it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from steppingup.accounts.models import Organisation, User
from steppingup.messaging import scopes
from steppingup.messaging.actions import send_as
from steppingup.messaging.models import ReminderRule, ReminderSent

logger = logging.getLogger(__name__)

# Nobody is reminded of anything in the middle of the night (Europe/London).
DAYTIME = (time(8), time(20))

Values = Mapping[str, Any]


@dataclass(frozen=True)
class ReminderItem:
    """One person to be reminded of one date of one object.

    `context` and `secrets` may be functions: they are called only when it is really sent (a token link is issued then).
    `scopes` as in `send()`, most specific first; they also decide which rule holds."""

    object: models.Model
    anchor: date
    to: User | str
    context: Values | Callable[[], Values]
    scopes: Sequence[models.Model] = ()
    name: str = ""
    secrets: Values | Callable[[], Values] | None = None
    related: Sequence[models.Model] = ()
    provider: Organisation | None = None
    reply_to: str = ""

    @property
    def recipient(self) -> str:
        return (self.to.email if isinstance(self.to, User) else self.to).strip().lower()


@dataclass(frozen=True)
class ReminderKind:
    """What can be reminded of.

    `date_name` completes “… days before”: “the closing of the window”. `message` is the key of the kind of message.
    `due(rule, start, end)` yields those whose date lies between the two days, both included, and who still need it."""

    key: str
    title: str
    date_name: str
    message: str
    due: Callable[[ReminderRule, date, date], Iterable[ReminderItem]] = field(compare=False)


_kinds: dict[str, ReminderKind] = {}


def register(kind: ReminderKind) -> ReminderKind:
    if kind.key in _kinds and _kinds[kind.key] != kind:
        raise ValueError(f"There is a reminder “{kind.key}” already.")
    _kinds[kind.key] = kind
    return kind


def find(key: str) -> ReminderKind | None:
    return _kinds.get(key)


def all_kinds() -> list[ReminderKind]:
    return [_kinds[key] for key in sorted(_kinds)]


def add_rule(*, kind: str, days: int, when: str, until: int = 0, scope: models.Model | None = None) -> ReminderRule:
    """Load a rule from data, once; what a coordinator has changed on it stays.

    Raises LookupError when no app has registered the kind."""
    if kind not in _kinds:
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


def work_out_in_daytime() -> int:
    """What the timetable calls: nothing at night."""
    now = timezone.localtime()
    return work_out_reminders(today=now.date()) if DAYTIME[0] <= now.time() <= DAYTIME[1] else 0


def work_out_reminders(*, today: date | None = None) -> int:
    """Send every reminder that is due and was not sent; run as often as you like, side by side too. Returns how many."""
    today = today or timezone.localdate()
    rules = list(ReminderRule.objects.filter(kind__in=_kinds))
    scoped = {(rule.kind, rule.content_type_id, rule.object_id) for rule in rules}
    return sum(_work_out(rule, scoped, today) for rule in rules if rule.active)


def holds_for(rule: ReminderRule, around: Sequence[models.Model], scoped: set[tuple[str, Any, Any]]) -> bool:
    """Rules of the nearest scope that has any (active or not) replace those of wider scopes and the default."""
    for scope in around:
        where = scopes.key(scope)
        if (rule.kind, *where) in scoped:
            return where == (rule.content_type_id, rule.object_id)
    return rule.is_default


def _work_out(rule: ReminderRule, scoped: set[tuple[str, Any, Any]], today: date) -> int:
    kind = _kinds[rule.kind]
    start, end = rule.anchors_on(today)
    already = set(
        ReminderSent.objects.filter(rule=rule, anchor__range=(start, end)).values_list(
            "content_type_id", "object_id", "anchor", "recipient"
        )
    )
    done, problem = 0, ""
    try:
        for item in kind.due(rule, start, end):
            if not start <= item.anchor <= end or not holds_for(rule, item.scopes, scoped):
                continue
            if (*scopes.key(item.object), item.anchor, item.recipient) in already:
                continue
            try:
                done += _remind(rule, kind, item)
            except Exception as raised:  # one that cannot be written must not keep the others waiting
                logger.exception("%s could not be written for %s.", rule, item.object)
                problem = f"For “{item.object}”: {raised}"
    except Exception as raised:
        logger.exception("%s could not be worked out.", rule)
        problem = str(raised)
    ReminderRule.objects.filter(pk=rule.pk).update(last_run_at=timezone.now(), last_problem=problem)
    return done


@transaction.atomic
def _remind(rule: ReminderRule, kind: ReminderKind, item: ReminderItem) -> bool:
    """Record and write one reminder, together or not at all. Whoever records it first, sends it."""
    record, mine = ReminderSent.objects.get_or_create(
        rule=rule,
        content_type=ContentType.objects.get_for_model(item.object),
        object_id=item.object.pk,
        anchor=item.anchor,
        recipient=item.recipient,
    )
    if not mine:
        return False
    record.message = send_as(
        kind=kind.message,
        to=item.to,
        name=item.name,
        about=item.object,
        related=item.related,
        scopes=item.scopes,
        context=item.context() if callable(item.context) else item.context,
        secrets=(item.secrets() if callable(item.secrets) else item.secrets) or {},
        provider=item.provider,
        reply_to=item.reply_to,
    )
    record.save(update_fields=["message"])
    return True
