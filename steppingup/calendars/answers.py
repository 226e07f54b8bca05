"""What people’s calendars answer to invitations (METHOD:REPLY). Everything in it was written by somebody whom nobody has checked."""

from typing import Any, NamedTuple

from icalendar import Calendar

#: Longer ones are no answers.
LONGEST = 100_000


class CalendarAnswer(NamedTuple):
    uid: str
    email: str
    status: str


def answers_in(text: str) -> list[CalendarAnswer]:
    """Who answers what to which event; nothing where it is no answer, or cannot be read."""
    if len(text) > LONGEST:
        return []
    try:
        calendar = Calendar.from_ical(text)
        if str(calendar.get("method", "")) != "REPLY":
            return []
        return [
            CalendarAnswer(str(event.get("uid", "")), _address(str(one)), str(one.params.get("PARTSTAT", "")))
            for event in calendar.walk("VEVENT")[:20]
            for one in _listed(event.get("attendee"))
        ]
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        return []


def _listed(found: Any) -> list[Any]:
    return found[:20] if isinstance(found, list) else [] if found is None else [found]


def _address(text: str) -> str:
    return text[7:] if text[:7] in ("mailto:", "MAILTO:") else text
