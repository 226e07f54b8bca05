"""What people’s calendars answer to invitations (METHOD:REPLY), and which other times they propose (METHOD:COUNTER). Everything in it was
written by somebody whom nobody has checked."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.utils import timezone
from icalendar import Calendar

#: Longer ones are no answers.
LONGEST = 100_000
REPLY, COUNTER = "REPLY", "COUNTER"
#: What a calendar that cannot be read may fail with.
UNREADABLE = (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError, RecursionError)


class CalendarAnswer(NamedTuple):
    uid: str
    email: str
    status: str
    #: Which version of the entry they answer; nothing where it does not say so.
    sequence: int | None = None


class Proposal(NamedTuple):
    """Another time, which somebody would like better."""

    uid: str
    email: str
    starts_at: datetime
    ends_at: datetime


def answers_in(text: str) -> list[CalendarAnswer]:
    """Who answers what to which event; nothing where it is no answer, or cannot be read."""
    try:
        return [
            CalendarAnswer(uid, email, str(one.params.get("PARTSTAT", "")).upper(), _number(event.get("sequence")))
            for event, uid, email, one in _attendees(text, REPLY)
        ]
    except UNREADABLE:
        return []


def proposals_in(text: str) -> list[Proposal]:
    """Who proposes which other time for which event; nothing where it is no proposal, or cannot be read."""
    try:
        return [
            Proposal(uid, email, _moment(event.decoded("dtstart")), _moment(event.decoded("dtend")))
            for event, uid, email, _ in _attendees(text, COUNTER)
        ]
    except UNREADABLE:
        return []


def _attendees(text: str, method: str) -> Iterator[tuple[Any, str, str, Any]]:
    """Each event with each of those in it: its name, their address, and what else is said of them."""
    calendar = Calendar.from_ical(text) if len(text) <= LONGEST else Calendar()
    if str(calendar.get("method", "")).upper() != method:
        return
    for event in calendar.walk("VEVENT")[:20]:
        for one in _listed(event.get("attendee")):
            yield event, str(event.get("uid", "")), _address(str(one)), one


def _listed(found: Any) -> list[Any]:
    return found[:20] if isinstance(found, list) else [] if found is None else [found]


def _address(text: str) -> str:
    return text[7:] if text[:7] in ("mailto:", "MAILTO:") else text


def _number(found: Any) -> int | None:
    with suppress(*UNREADABLE):
        return int(found)
    return None


def _moment(found: date) -> datetime:
    """A whole day begins at midnight; a time without a zone is London’s."""
    moment = found if isinstance(found, datetime) else datetime.combine(found, time.min)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
