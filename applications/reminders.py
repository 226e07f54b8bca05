"""Reminders: of an application that is not submitted while its window closes, of an offer that is not answered, and of the question how
somebody’s work has gone on."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import models
from django.db.models.functions import Greatest
from django.utils import timezone

from applications.fee.standing import fee_state
from applications.form.parts import missing_parts
from applications.line_notices import REMINDER as LINE_REMINDER
from applications.line_notices import of as line_notice
from applications.models import Application, LineAnswer, Offer
from applications.notices import DRAFT_CLOSING, OFFER_REMINDER
from applications.states import ApplicationStatus, OfferStatus
from cohorts.states import CohortStatus
from steppingup import clock
from steppingup.formats.english import when
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.notices import Notice
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind


def _notice(kind: MessageKind, application: Application, about: models.Model, context: Any = None) -> Notice:
    to, related = application.applicant, () if about is application else (application,)
    return Notice(kind, to, about, context or {}, name=application.full_name, related=related)


# -- not submitted ---------------------------------------------------------------------------------


def _closing(application: Application) -> dict[str, Any]:
    left = [f"- {part.title}" for part in missing_parts(application)]
    if fee_state(application).stands_against:
        left.append("- Who agrees the fee")
    left.append("- Check your answers and submit")
    return {"closes": when(application.own_window.last_moment), "left": left}


def _unsubmitted(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    drafts = Application.objects.filter(status=ApplicationStatus.DRAFT, cohort__status=CohortStatus.PUBLISHED)
    found = (
        drafts.with_own_closing()
        .annotate(closes=Greatest("cohort__window__closes_at", "late_until"))
        .filter(
            closes__gt=clock.now(),
            # A window that closes at midnight has its last day the day before.
            closes__date__range=(start, end + timedelta(days=1)),
        )
    )
    for application in found.select_related("applicant", "cohort__programme__provider", "cohort__window"):
        notice = _notice(DRAFT_CLOSING, application, application, partial(_closing, application))
        yield ReminderItem(timezone.localdate(application.own_window.last_moment), notice)


add_reminder_kind(
    ReminderKind(
        "applications.not_submitted",
        "The application has not been submitted",
        "applications close",
        DRAFT_CLOSING.key,
        _unsubmitted,
        usual=(7, ReminderRule.When.BEFORE, 0),
    )
)

# -- not answered ----------------------------------------------------------------------------------


def _unanswered(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Offers that end on one of these days (in London) and have not been answered."""
    first = timezone.make_aware(datetime.combine(start, time.min))
    after = timezone.make_aware(datetime.combine(end + timedelta(days=1), time.min))
    found = Offer.objects.filter(status=OfferStatus.MADE, expires_at__gte=first, expires_at__lt=after)
    for offer in found.filter(expires_at__gt=clock.now()).select_related(
        "application__applicant", "application__cohort__programme"
    ):
        yield ReminderItem(timezone.localdate(offer.expires_at), _notice(OFFER_REMINDER, offer.application, offer))


add_reminder_kind(
    ReminderKind(
        "applications.offer_expires",
        "An offer has not been answered",
        "the last day on which the offer can be accepted",
        OFFER_REMINDER.key,
        _unanswered,
        usual=(3, ReminderRule.When.BEFORE, 0),
    )
)

# -- how their work has gone on --------------------------------------------------------------------


def _silent(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Whoever was asked on one of these days, and has neither answered nor asked to be left alone."""
    for one in LineAnswer.objects.unanswered().filter(asked_at__date__range=(start, end)).for_steps():
        yield ReminderItem(timezone.localdate(one.asked_at), line_notice(LINE_REMINDER, one))


add_reminder_kind(
    ReminderKind(
        "applications.line_unanswered",
        "Somebody near the line has not said how their work has gone on",
        "they were asked",
        LINE_REMINDER.key,
        _silent,
        usual=(14, ReminderRule.When.AFTER, 45),
    )
)
