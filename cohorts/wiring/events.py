"""Where events beside the programme plug in: the workspace of a cohort, the page of a programme, reminders, how long bookings are kept,
and why something is refused."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from cohorts.actions import calendar_replies, inviting
from cohorts.models import Booking, Occasion
from cohorts.notices import events as notices
from cohorts.pages.events import events_to_come
from cohorts.permissions import CohortPermission
from cohorts.states.events import EventKind, EventStatus
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.desk import menu, waiting, workspace
from steppingup.formats.dates import add_months
from steppingup.history.refusals import Always, always, by_rules
from steppingup.messaging.actions.incoming import calendar_answers, calendar_questions
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind
from steppingup.retention import kinds
from steppingup.site.sections import Section, add_sections

run, Way = CohortPermission.RUN_COHORTS, workspace.Way
menu.add_lists(
    "Cohorts",
    "cohorts",
    run,
    ("Events", "campaign", "occasion"),
    ("Bookings of events", "confirmation_number", "booking"),
)
workspace.add_ways(
    Way("sessions", "Events beside it", workspace.narrowed("cohorts_occasion"), run, "Events and joint days"),
    Way("sessions", "Bookings of events", workspace.narrowed("cohorts_booking"), run, "Events and joint days"),
)
waiting.show_on_first_page("events", "Events", 60, Occasion)
add_sections(Section("programme", "events", 15, "cohorts/sections/events.html", events_to_come, "Come and meet us"))


def due(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever has a place at an event that begins on one of these days and has not begun."""
    coming = Occasion.objects.filter(
        status=EventStatus.OPEN, starts_at__gt=clock.now(), starts_at__date__range=(start, end)
    )
    for booking in Booking.objects.booked().to_write_to().filter(occasion__in=coming).for_steps().order_by("pk"):
        starts_at = booking.occasion.starts_at
        if starts_at is not None:
            yield ReminderItem(timezone.localdate(starts_at), notices.notice(notices.TOMORROW, booking))


add_reminder_kind(
    ReminderKind(
        "cohorts.event",
        "An event is coming up",
        "the event",
        notices.TOMORROW.key,
        due,
        (1, ReminderRule.When.BEFORE, -1),
    )
)


def over(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever was at an event that ended on one of these days, and has not said what they took away from it. Nobody is asked about a ceremony."""
    were = Booking.objects.there().to_write_to().filter(occasion__ends_at__date__range=(start, end), answered_at=None)
    were = were.exclude(occasion__kind=EventKind.CEREMONY)
    for booking in were.for_steps().order_by("pk"):
        ends_at = booking.occasion.ends_at
        if ends_at is not None:
            yield ReminderItem(timezone.localdate(ends_at), notices.notice(notices.AFTERWARDS_ASKED, booking))


add_reminder_kind(
    ReminderKind(
        "cohorts.event_over",
        "An event is over: what did people take away from it?",
        "the event",
        notices.AFTERWARDS_ASKED.key,
        over,
        (1, ReminderRule.When.AFTER, 3),
    )
)

always(Always.ONCE, "booked_already", "open_already")
always(Always.TIME, "recruiting")
always(Always.BELONGS, "of_a_session", "brings_none")
always(Always.KEPT, "dated")
always(Always.SAID, "which_place")
always(Always.THERE, "no_booking", "nobody_to_invite", "not_in_order")
by_rules("cohorts.Occasion.for_whom", "by_invitation", "not_known")
by_rules("cohorts.Occasion.capacity", "no_place")
by_rules("cohorts.Occasion.guests_each", "too_many_guests")
by_rules("cohorts.Occasion.kind", "no_ceremony")
calendar_answers.extend([inviting.record_answer, calendar_replies.accepts_booking])
calendar_questions.append(calendar_replies.asked_of_staff)
#: Without a date nobody knows when an event is over: its bookings are kept so many months longer.
UNDATED = 12


def _over(provider: Organisation, before: date) -> QuerySet[Booking]:
    dated = Q(occasion__ends_at__date__lt=before)
    undated = Q(occasion__ends_at=None, asked_at__date__lt=add_months(before, -UNDATED))
    return Booking.objects.filter(dated | undated, occasion__programme__provider=provider)


kinds.add(
    kinds.Kind(
        "cohorts.bookings",
        "Bookings of events beside the programme",
        "the event, or 12 months after they booked one that never had a date",
        3,
        _over,
        "occasion",
    )
)
