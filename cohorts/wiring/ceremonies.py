"""Where graduation ceremonies plug in, beside what they are as events: whoever has not answered is reminded once."""

from collections.abc import Iterable
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from cohorts.models import Booking
from cohorts.notices import events as notices
from cohorts.states.events import EventKind, EventStatus
from steppingup import clock
from steppingup.messaging.models import ReminderRule, ReminderSent
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind

KIND = "cohorts.ceremony_unanswered"


def unanswered(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever was invited to a ceremony that asks for answers by one of these days, has said nothing and was not reminded yet."""
    to_come = Q(occasion__starts_at=None) | Q(occasion__starts_at__gt=clock.now())
    found = (
        Booking.objects.unanswered()
        .to_write_to()
        .filter(
            to_come,
            occasion__kind=EventKind.CEREMONY,
            occasion__status=EventStatus.OPEN,
            occasion__reply_by__range=(start, end),
        )
    )
    already = ReminderSent.objects.filter(rule__kind=KIND, content_type=ContentType.objects.get_for_model(Booking))
    for booking in found.exclude(pk__in=already.values("object_id")).for_steps().order_by("pk"):
        if booking.occasion.reply_by is not None:
            yield ReminderItem(booking.occasion.reply_by, notices.to_unanswered(booking))


add_reminder_kind(
    ReminderKind(
        KIND,
        "Somebody invited to a graduation ceremony has not answered",
        "the last day to answer",
        notices.UNANSWERED.key,
        unanswered,
        (7, ReminderRule.When.BEFORE, 0),
    )
)
