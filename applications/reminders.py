"""The reminder that an offer has not been answered."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from applications.actions.telling import absolute, last_day
from applications.messages import OFFER_REMINDER
from applications.models import Offer
from applications.states import OfferStatus
from steppingup.messaging.actions import Notice
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, register


def _due(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Offers that end on one of these days (in London) and have not been answered."""
    first = timezone.make_aware(datetime.combine(start, time.min))
    after = timezone.make_aware(datetime.combine(end + timedelta(days=1), time.min))
    found = Offer.objects.filter(status=OfferStatus.MADE, expires_at__gte=first, expires_at__lt=after)
    for offer in found.filter(expires_at__gt=timezone.now()).select_related(
        "application__applicant", "application__cohort__programme"
    ):
        application = offer.application
        words = {
            "programme": application.cohort.programme.name,
            "cohort": application.cohort.name,
            "reference": application.reference,
            "link": absolute("applications:offer", application.pk),
            "until": last_day(offer.expires_at),
        }
        notice = Notice(
            OFFER_REMINDER,
            application.applicant,
            offer,
            words,
            name=application.full_name,
            scopes=application.message_scopes,
            related=(application,),
        )
        yield ReminderItem(timezone.localdate(offer.expires_at), notice)


OFFER_EXPIRES = register(
    ReminderKind(
        "applications.offer_expires",
        "An offer has not been answered",
        "the last day on which the offer can be accepted",
        OFFER_REMINDER.key,
        _due,
    )
)
