"""The story of a person: one timeline over all cohorts and roles. Each app tells its part, of the rows that the reader may see:

story.add(lambda person, viewer: [Event(one.enrolled_at, "On the programme", str(one.cohort), url), …])
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from steppingup import clock
from steppingup.accounts.models import RoleAssignment, User
from steppingup.formats import english
from steppingup.site.sections import Section, add_section

MOST = 60  # events on one page; the latest


@dataclass(frozen=True)
class Event:
    """Something that happened to a person, or that they did: what, of what, and where it stands. Nothing has no moment."""

    at: date | datetime | None
    what: str
    where: str
    url: str

    @property
    def moment(self) -> datetime:
        given = self.at
        if isinstance(given, datetime):
            return given
        return timezone.make_aware(datetime.combine(given or clock.today(), time()))

    @property
    def day(self) -> str:
        return english.day_date(self.moment)


Teller = Callable[[User, Any], Iterable[Event]]
_tellers: list[Teller] = []


def add(teller: Teller) -> None:
    """Add what an app knows of a person."""
    if teller not in _tellers:
        _tellers.append(teller)


def of(person: User, viewer: Any) -> list[Event]:
    """The story, the latest first."""
    found = [event for teller in _tellers for event in teller(person, viewer) if event.at is not None]
    return sorted(found, key=lambda event: event.moment, reverse=True)


def _section(*, subject: User, viewer: Any) -> dict[str, Any] | None:
    events = of(subject, viewer)
    return {"events": events[:MOST], "more": len(events) - MOST} if events else None


def roles_of(person: User, viewer: Any) -> list[Event]:
    """The roles that the person was given, by themselves or by what was typed: those of the reader's own providers."""
    held = RoleAssignment.objects.visible_to(viewer).joined().filter(user=person).select_related("provider")
    return [Event(one.given_at, f"Given the role “{one.get_role_display()}”", str(one.provider), "") for one in held]


def show() -> None:
    """The card on the page of a person."""
    add(roles_of)
    add_section(Section("person", "story", 0, "admin/accounts/story.html", _section, "Their story"))
