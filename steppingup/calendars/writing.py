"""Events as iCalendar (RFC 5545), for programs of others to read."""

from collections.abc import Iterable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar
from icalendar import Event as Written

from steppingup import clock
from steppingup.calendars.events import Event

#: How soon a program may ask again. Most take their own time.
ASK_AGAIN = timedelta(hours=1)


#: What a title begins with, by the status.
LEADS = {"CANCELLED": "Cancelled: ", "TENTATIVE": "To be confirmed: ", "CONFIRMED": ""}


def as_calendar(name: str, events: Iterable[Event]) -> bytes:
    """The events as the text of a calendar. Times are in UTC, which has no summer time to get wrong."""
    calendar = Calendar()
    calendar.add("prodid", "-//Stepping Up//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(written(event))
    return calendar.to_ical()


def uid_of(event: Event) -> str:
    return f"{event.key}@{urlsplit(settings.SITE_URL).hostname}"


def written(event: Event) -> Written:
    row = Written()
    row.add("uid", uid_of(event))
    row.add("sequence", event.sequence)
    row.add("dtstamp", clock.now().astimezone(UTC))
    if event.is_all_day:
        row.add("dtstart", timezone.localdate(event.starts_at))
        row.add("dtend", timezone.localdate(event.ends_at))
    else:
        row.add("dtstart", event.starts_at.astimezone(UTC))
        row.add("dtend", event.ends_at.astimezone(UTC))
    status = "CANCELLED" if event.is_cancelled else "TENTATIVE" if event.is_tentative else "CONFIRMED"
    # Not every program shows the status, so the title says it too.
    row.add("summary", f"{LEADS[status]}{event.title}")
    row.add("status", status)
    row.add("transp", "TRANSPARENT" if event.is_cancelled else "OPAQUE")
    if event.place:
        row.add("location", event.place)
    if event.about:
        row.add("description", event.about)
    if event.page:
        row.add("url", event.page)
    return row
