"""What can be reminded of. Apps register theirs; the rules, which are rows, name them by their keys."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class ReminderKind:
    """What can be reminded of.

    `date_name` completes “… days before”: “the closing of the window”. `message` is the key of the kind of message.
    `due(rule, start, end)` yields those whose date lies between the two days, both included, and who still need it.
    `usual`: the rule that holds everywhere until a coordinator makes it another, as (days, “before” or “after”, until)."""

    key: str
    title: str
    date_name: str
    message: str
    due: Callable[[Any, date, date], Iterable[Any]] = field(compare=False)
    usual: tuple[int, str, int] | None = None


_kinds: dict[str, ReminderKind] = {}


def add_reminder_kind(kind: ReminderKind) -> ReminderKind:
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ValueError(f"There is a reminder “{kind.key}” already.")
    return kind


def find(key: str) -> ReminderKind | None:
    return _kinds.get(key)


def all_kinds() -> list[ReminderKind]:
    return [_kinds[key] for key in sorted(_kinds)]
