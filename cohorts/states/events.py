"""Events beside the programme: what they are, whom they are for, and how far a booking has come."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class EventKind(models.TextChoices):
    """What an event is to whoever reads of it (B25 to B28, B47, B55, L7)."""

    BRIEFING = "briefing", "Briefing for candidates"
    INFORMATION = "information", "Information session"
    INTRODUCTION = "introduction", "Introductory workshop"
    WORKSHOP = "workshop", "Workshop"
    PRESENTATIONS = "presentations", "Presentations"
    TALK = "talk", "Talk"
    CEREMONY = "ceremony", "Graduation ceremony"
    OTHER = "other", "Event"


class ForWhom(models.TextChoices):
    """Who can book. All but the first are invited, each by a link of their own."""

    ANYBODY = "anybody", "Anybody"
    APPLICANTS = "applicants", "Applicants"
    PARTICIPANTS = "participants", "Participants"
    MENTORS = "mentors", "Mentors"
    MANAGERS = "managers", "Line managers"
    GRADUATES = "graduates", "Graduates, and those whom you invite with them"
    ALUMNI = "alumni", "Graduates who asked to be invited"
    GUESTS = "guests", "People whom you invite by name"


class EventStatus(models.TextChoices):
    DRAFT = "draft", "Being prepared"
    OPEN = "open", "Open for booking"
    CANCELLED = "cancelled", "Cancelled"


EVENT = Lifecycle(
    "event",
    EventStatus,
    EventStatus.DRAFT,
    {
        "open_it": move(EventStatus.DRAFT, EventStatus.OPEN, "Open it for booking"),
        "cancel": move((EventStatus.DRAFT, EventStatus.OPEN), EventStatus.CANCELLED, "Cancel the event"),
        "restore": move(EventStatus.CANCELLED, EventStatus.OPEN, "Hold it after all"),
    },
    noun="event",
)


class BookingStatus(models.TextChoices):
    ASKED = "asked", "Not answered yet"
    BOOKED = "booked", "Has a place"
    WAITING = "waiting", "On the waiting list"
    TO_TELL = "to_tell", "Is told the date"
    CANCELLED = "cancelled", "Does not come"


class Worth(models.TextChoices):
    """Was it worth their time? Said by whoever was there."""

    YES = "yes", "Yes"
    PARTLY = "partly", "In part"
    NO = "no", "No"


#: Who hears of what becomes of an event.
CONCERNED = (BookingStatus.BOOKED, BookingStatus.WAITING, BookingStatus.TO_TELL)
_AGAIN = (BookingStatus.ASKED, BookingStatus.TO_TELL, BookingStatus.CANCELLED)

BOOKING = Lifecycle(
    "booking",
    BookingStatus,
    BookingStatus.ASKED,
    {
        "book": move(_AGAIN, BookingStatus.BOOKED, "Book a place"),
        "wait": move(_AGAIN, BookingStatus.WAITING, "Go on the waiting list"),
        "be_told": move((BookingStatus.ASKED, BookingStatus.CANCELLED), BookingStatus.TO_TELL, "Be told the date"),
        "move_up": move(BookingStatus.WAITING, BookingStatus.BOOKED, "Move up"),
        "cancel": move((BookingStatus.ASKED, *CONCERNED), BookingStatus.CANCELLED, "Cancel the booking"),
    },
    noun="booking",
)
