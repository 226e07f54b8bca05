"""What goes after some time, as each app says of its own records."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from steppingup.accounts.models import Organisation
from steppingup.formats.dates import add_months


@dataclass(frozen=True)
class Kind:
    """Records that a provider keeps for a number of months, and no longer.

    `what` they are and `since` when the months count read as “Applications that did not lead to a place, for 12 months after
    they were decided”. `months` is what we propose, between `least` and `most`. `due(provider, before)`: those of the
    provider that began to count before that day. `of` leads from such a record to what its number is kept with: its cohort.
    Not `is_counted`: how many there are is nobody's knowledge, neither before they go nor after.
    `before_it`: what else is removed first, where the database asks for it."""

    key: str
    what: str
    since: str
    months: int
    due: Callable[[Organisation, date], QuerySet[Any]]
    of: str
    least: int = 1
    most: int = 84
    why: str = ""
    is_counted: bool = True
    before_it: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None


_kinds: dict[str, Kind] = {}


def add(kind: Kind) -> None:
    _kinds[kind.key] = kind


def all_kinds() -> list[Kind]:
    """In the order in which they are shown: as the apps stand on each other, from the top."""
    return sorted(_kinds.values(), key=lambda kind: kind.key)


def called(key: str) -> str:
    """What a kind is called; its key where the code does not know it any more."""
    return _kinds[key].what if key in _kinds else key


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last of a month that is too short for it."""
    return add_months(day, -months)
