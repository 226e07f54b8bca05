"""What those are told who book an event beside the programme, or are invited to one. Most of them have no account."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from cohorts.models import Booking, Occasion
from cohorts.states.events import CONCERNED, BookingStatus, EventStatus, ForWhom
from steppingup import clock
from steppingup.accounts.models import TokenLink
from steppingup.calendars.events import Event
from steppingup.calendars.invitations import cancellation, invitation
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

BOOKING_LINK = "cohorts.booking"
#: A link works until so long after the event, and so long where there is no date.
AFTERWARDS, UNDATED = timedelta(days=30), timedelta(days=365)
WHO = Told("Whoever books the event", "the page of their booking", lets_in=True)
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "provider": ("who runs the programme", "Bristol City Council"),
    "event": ("what the event is called", "Briefing for candidates"),
    "when": ("day and time, or that the date is to be confirmed", "Friday 6 December 2019, 2pm to 4pm"),
    "place": ("where it is, or that the place is to be confirmed", "City Hall"),
    "standing": ("what they have", "You have a place."),
    "ended": ("what has ended", "your booking is cancelled"),
    "before": ("what was said of when and where before", "The date is to be confirmed: in December 2019"),
    "reply_by": ("the last day to answer", "Friday 1 November 2019"),
    "message": ("what the coordinator says", "We would be glad if you came."),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "provider", "event", "when"))
CONFIRM = KINDS.add("booking_confirm", "An event is to be booked: confirm it", WHO, "place")
STANDS = KINDS.add("booking_stands", "An event is booked, or how the booking stands", WHO, "place", "standing")
ENDED = KINDS.add("booking_ended", "Somebody does not come to an event", WHO, "ended")
INVITED = KINDS.add("event_invited", "Somebody is invited to an event", WHO, "place", "message")
CHANGED = KINDS.add("event_changed", "An event has a date, or has moved", WHO, "place", "before", "standing")
CALLED_OFF = KINDS.add(
    "event_cancelled",
    "An event is cancelled",
    WHO,
    "message",
    link=False,
    samples={"message": "We will write to you as soon as there is another date."},
)
UNANSWERED = KINDS.add("event_unanswered", "Somebody invited to a ceremony has not answered", WHO, "place", "reply_by")
AFTERWARDS_ASKED = KINDS.add(
    "event_over", "An event is over: whoever was there is asked what they took away from it", WHO
)
TOMORROW = KINDS.add("event_tomorrow", "An event is coming up", WHO, "place")

#: Why graduates get it, and how they get no more of it.
ASKED_TO_BE = "You asked us to invite you to talks and events. If you do not want that any more, sign in and change it under “Staying in touch”."
SAID = {
    BookingStatus.BOOKED: "You have a place.",
    BookingStatus.TO_TELL: "You asked us to tell you the date. You have not booked a place yet: you can do so on your page.",
    BookingStatus.ASKED: "You have not booked a place yet: you can do so on your page.",
    BookingStatus.CANCELLED: "You do not come, as things stand.",
}


def standing_of(booking: Booking) -> str:
    """What they have, in a sentence."""
    if booking.status == BookingStatus.WAITING:
        return _waiting(booking)
    said, link = SAID[BookingStatus(booking.status)], booking.occasion.online_link
    if booking.status == BookingStatus.BOOKED and booking.seats > 1:
        said = f"You have {booking.seats} places: your own, and those of your guests."
    return f"{said} Join online: {link}" if link and booking.status == BookingStatus.BOOKED else said


def _waiting(booking: Booking) -> str:
    """Why they wait, and for what."""
    occasion, seats = booking.occasion, booking.seats
    if booking.never_fits:
        places = english.counted(occasion.capacity or 0, "place is there", "places are there")
        return (
            f"You wait for {seats} places, and only {places} by now. Please name fewer guests on your page: you keep your turn on the waiting "
            "list."
        )
    why, what = "All places are taken.", "the place is yours"
    if seats > 1:
        why, what = f"There are not {seats} places left for you and your guests.", "the places are yours"
    elif occasion.has_room():
        why = "The places that are left go to those who asked before you."
    return f"{why} You are number {booking.place_in_line} on the waiting list. When it is your turn, {what}, and we tell you."


def new_link(booking: Booking) -> str:
    """One more address of their page. Those in earlier emails go on working: whoever wants to cancel looks for any of them. After a ceremony
    the consent to photographs can be withdrawn on it, as long as the programme says."""
    occasion = booking.occasion
    ends_at = occasion.ends_at
    after = timedelta(days=occasion.programme.photograph_days) if occasion.is_ceremony else AFTERWARDS
    last = max(ends_at, clock.now()) + after if ends_at else clock.now() + UNDATED
    days = (last - clock.now()).days + 1
    raw = TokenLink.issue(purpose=BOOKING_LINK, target=booking, email=booking.email, days=days)[1]
    return address("cohorts:booking", raw)


def event_of(occasion: Occasion) -> Event | None:
    """What stands in a calendar; nothing while there is no date."""
    if occasion.starts_at is None or occasion.ends_at is None:
        return None
    return Event(
        key=f"event-{occasion.pk}",
        sequence=occasion.sequence,
        title=f"{occasion.programme}: {occasion}",
        starts_at=occasion.starts_at,
        ends_at=occasion.ends_at,
        place=occasion.place,
        about=f"Join online: {occasion.online_link}" if occasion.online_link and occasion.venue else "",
        is_cancelled=occasion.status == EventStatus.CANCELLED,
    )


def version_for(booking: Booking) -> int:
    """Of the entry in their calendar: it rises as the event changes, and as they book, cancel and book again. As the database has
    counted by now."""
    versions = Booking.objects.filter(pk=booking.pk).values_list("sequence", "occasion__sequence")
    return sum(versions.get())


def _calendar_of(booking: Booking, has_place: bool) -> str:
    """An entry for their calendar, or that it goes from there; nothing where there is no date."""
    found = event_of(booking.occasion)
    if found is None:
        return ""
    written = invitation if has_place and not found.is_cancelled else cancellation
    found = replace(found, sequence=version_for(booking))
    return written(found, booking.email, booking.name, is_coming=True)


def notice(kind: MessageKind, booking: Booking, calendar: str = "", **context: Any) -> Notice:
    occasion = booking.occasion
    related = [occasion, *([occasion.cohort] if occasion.cohort else [])]
    secrets: Any = (lambda: {"link": new_link(booking)}) if "link" in kind.placeholders else {}
    return Notice(kind, booking.email, booking, context, secrets, name=booking.name, related=related, calendar=calendar)


def ask_to_confirm(booking: Booking) -> None:
    send(notice(CONFIRM, booking))


def tell_standing(booking: Booking) -> None:
    calendar = _calendar_of(booking, True) if booking.status == BookingStatus.BOOKED else ""
    send(notice(STANDS, booking, calendar, standing=standing_of(booking)))


def tell_ended(booking: Booking, before: str) -> None:
    """`before`: what they had. Whoever was invited and had booked nothing has no booking that could be cancelled."""
    had_booked = before in (BookingStatus.BOOKED, BookingStatus.WAITING)
    ended = "your booking is cancelled" if had_booked else "we have noted that you do not come"
    calendar = _calendar_of(booking, False) if before == BookingStatus.BOOKED else ""
    send(notice(ENDED, booking, calendar, ended=ended))


def invite(booking: Booking, message: str) -> None:
    most = booking.most_guests
    guests = f"You can bring up to {english.counted(most, 'guest')}: name them on your page." if most else ""
    reply_by = booking.occasion.reply_by
    answer = f"Please answer by {english.day_date(reply_by)}." if reply_by and reply_by >= clock.today() else ""
    why = ASKED_TO_BE if booking.occasion.for_whom == ForWhom.ALUMNI else ""
    send(notice(INVITED, booking, message="\n\n".join(filter(None, (answer, guests, message, why)))))


def to_unanswered(booking: Booking) -> Notice:
    """A reminder before the last day to answer."""
    reply_by = booking.occasion.reply_by
    return notice(UNANSWERED, booking, reply_by=english.day_date(reply_by) if reply_by else "")


def tell_changed(occasion: Occasion, before: str, was_dated: bool) -> None:
    """Everybody who booked, waits or asked to be told. Where the date is to be confirmed again, the entry goes from calendars."""
    for booking in _concerned(occasion):
        calendar = ""
        if booking.status == BookingStatus.BOOKED:
            calendar = _calendar_of(booking, True) or (was_dated and _gone(booking)) or ""
        send(notice(CHANGED, booking, calendar, before=before, standing=standing_of(booking)))


def _gone(booking: Booking) -> str:
    """An entry without a time, of which a calendar needs no more than its name and version to remove it."""
    occasion, now = booking.occasion, clock.now().replace(microsecond=0)
    found = Event(f"event-{occasion.pk}", version_for(booking), str(occasion), now, now + timedelta(hours=1))
    return cancellation(found, booking.email, booking.name)


def tell_called_off(occasion: Occasion, message: str) -> None:
    for booking in _concerned(occasion):
        calendar = _calendar_of(booking, False) if booking.status == BookingStatus.BOOKED else ""
        send(notice(CALLED_OFF, booking, calendar, message=message))


def _concerned(occasion: Occasion) -> list[Booking]:
    """Of a ceremony, also whoever was invited and has not answered: they may have kept the day free."""
    whom = (*CONCERNED, BookingStatus.ASKED) if occasion.is_ceremony else CONCERNED
    found = Booking.objects.to_write_to().filter(occasion=occasion, status__in=whom)
    return list(found.for_steps().order_by("since", "pk"))
