"""Invitations by email (iTIP, RFC 5546): one event for one person, or that it goes from their calendar."""

from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, vCalAddress, vText

from steppingup.calendars.events import Event
from steppingup.calendars.writing import written

REQUEST, CANCEL = "REQUEST", "CANCEL"


def organiser() -> str:
    """Who invites: the same for as long as there is the event, as calendars take changes from nobody else. It is the mailbox that the
    site reads, where it reads one: what people answer arrives there."""
    account = settings.REPLIES
    return str(account.address if account else parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def invitation(event: Event, email: str, name: str = "", *, is_coming: bool = False) -> str:
    """The event as it stands. `is_coming`: they have said so already, so that nobody asks them again."""
    return _method(REQUEST, event, email, name, is_coming)


def cancellation(event: Event, email: str, name: str = "", *, is_coming: bool = False) -> str:
    """It does not take place, or does not concern them any more."""
    return _method(CANCEL, event, email, name, is_coming)


def _method(method: str, event: Event, email: str, name: str, is_coming: bool) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//Stepping Up//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    row = written(event)
    if method == CANCEL:
        row["status"] = vText("CANCELLED")
    host = vCalAddress(f"mailto:{organiser()}")
    host.params["CN"] = vText(settings.SITE_NAME)
    row.add("organizer", host)
    guest = vCalAddress(f"mailto:{email}")
    if name:
        guest.params["CN"] = vText(name)
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText("ACCEPTED" if is_coming else "NEEDS-ACTION")
    guest.params["RSVP"] = vText("FALSE" if is_coming else "TRUE")
    row.add("attendee", guest)
    calendar.add_component(row)
    return calendar.to_ical().decode()
