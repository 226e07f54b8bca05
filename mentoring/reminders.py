"""Reminding participants to say what they seek in a mentor."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cohorts.models import Component, Enrolment
from cohorts.states import CohortStatus, EnrolmentStatus, Recording
from mentoring.models import MentoringWish, Pair
from mentoring.notices import WISH_REMINDER
from steppingup.messaging.addresses import address
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.notices import Notice
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind

RUNNING = (CohortStatus.PUBLISHED, CohortStatus.RUNNING)


def without_wish(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Participants whose plan has mentoring, who have neither a mentor nor said what they seek."""
    mentoring = Component.objects.filter(plan=OuterRef("cohort__plan"), recording=Recording.PAIR)
    found = (
        Enrolment.objects.filter(
            Exists(mentoring),
            ~Exists(MentoringWish.objects.filter(enrolment=OuterRef("pk"))),
            ~Exists(Pair.objects.confirmed().filter(enrolment=OuterRef("pk"))),
            status=EnrolmentStatus.ENROLLED,
            cohort__status__in=RUNNING,
            enrolled_at__date__range=(start, end),
        )
        .select_related("participant", "cohort__programme__provider")
        .order_by("pk")
    )
    for enrolment in found:
        link = {"link": address("mentoring:wish", enrolment.pk)}
        notice = Notice(WISH_REMINDER, enrolment.participant, enrolment, link)
        yield ReminderItem(timezone.localdate(enrolment.enrolled_at), notice)


add_reminder_kind(
    ReminderKind(
        "mentoring.wish",
        "They have not said what they would like from a mentor",
        "the enrolment",
        WISH_REMINDER.key,
        without_wish,
        usual=(7, ReminderRule.When.AFTER, 28),
    )
)
