"""What stands in a person's calendar. Each app adds the source of its own dates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from steppingup.accounts.models import User


@dataclass(frozen=True)
class Event:
    """One date of one person. `key` is the same for as long as there is the event (“session-12”), and `sequence` rises whenever
    what it says has changed. `page` is its full address."""

    key: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    about: str = ""
    page: str = ""
    is_cancelled: bool = False
    is_tentative: bool = False
    #: The whole day, from the date of `starts_at` to that of `ends_at`, which is not in it any more.
    is_all_day: bool = False


#: Whatever it answers is this person's to see now; it asks the database as often for one date as for many.
Source = Callable[[User], Iterable[Event]]
_sources: list[Source] = []


def add_source(source: Source) -> Source:
    _sources.append(source)
    return source


def events_of(user: User) -> list[Event]:
    """Everything in this person's calendar in order of time, each once, whatever leads to it; nothing for whoever cannot sign in
    any more."""
    if not user.is_active:
        return []
    found = {event.key: event for source in _sources for event in source(user)}
    return sorted(found.values(), key=lambda event: (event.starts_at, event.key))
