"""What applicants and people on the register of interest are told: the kinds of email, and writing them.

The texts are in templates/email/applications/."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Interest, Window
from applications.parts import missing_parts
from applications.states import ApplicationStatus
from cohorts.states import CohortStatus
from steppingup.formats.english import when
from steppingup.messaging import reminders
from steppingup.messaging.actions import MessagePreview, Notice, preview, send_as
from steppingup.messaging.kinds import MessageKind, register
from steppingup.messaging.models import Message, ReminderRule

APPLICANT, INTERESTED = "The applicant", "Who asked to be told"
ABOUT = {"programme": "the programme", "cohort": "the cohort", "reference": "the application's reference"}
SAMPLES = {"programme": "Stepping Up", "cohort": "2020", "reference": "SU-7K3MQ"}
PAGE = {"link": "the application's page"}
CONTACT = {"contact": "how to reach the provider, in a sentence"}

SUBMITTED = register(
    MessageKind(
        "applications.submitted",
        "The application has arrived",
        APPLICANT,
        {**ABOUT, **PAGE, **CONTACT, "closes": "when the window closes"},
        button_placeholder="link",
        samples=SAMPLES,
    )
)
WITHDRAWN = register(
    MessageKind(
        "applications.withdrawn",
        "The application is withdrawn",
        APPLICANT,
        {**ABOUT, **PAGE, **CONTACT},
        button_placeholder="link",
        samples=SAMPLES,
    )
)
DRAFT_CLOSING = register(
    MessageKind(
        "applications.draft_closing",
        "An application is not submitted and the window closes soon",
        APPLICANT,
        {**ABOUT, **PAGE, "closes": "when the window closes", "left": "what is left to do, a line each"},
        button_placeholder="link",
        samples=SAMPLES,
    )
)

LEAVE = {"leave_link": "the link with which they leave the list"}
ON_THE_LIST = {"programme": "the programme", **LEAVE}
INTEREST_CONFIRM = register(
    MessageKind(
        "applications.interest_confirm",
        "Confirm that you want to be told",
        INTERESTED,
        {"programme": "the programme", "link": "the link that confirms"},
        {"link"},
        "link",
        samples=SAMPLES,
    )
)
INTEREST_CONFIRMED = register(
    MessageKind(
        "applications.interest_confirmed",
        "You are on the list",
        INTERESTED,
        {**ON_THE_LIST, "page": "the programme's page"},
        {"leave_link"},
        "page",
        samples=SAMPLES,
    )
)
INTEREST_ALREADY = register(
    MessageKind(
        "applications.interest_already",
        "You are on the list already",
        INTERESTED,
        {**ON_THE_LIST, "page": "the programme's page"},
        {"leave_link"},
        "page",
        samples=SAMPLES,
    )
)
WINDOW_OPENED = register(
    MessageKind(
        "applications.window_opened",
        "Applications are open",
        INTERESTED,
        {**ON_THE_LIST, "cohort": "the cohort", "closes": "when the window closes", "link": "the eligibility check"},
        {"leave_link"},
        "link",
        samples=SAMPLES,
    )
)


def address(url_name: str, *args: Any) -> str:
    """A full address, for an email."""
    return f"{settings.SITE_URL}{reverse(url_name, args=args)}"


def contact_sentence(programme: Any) -> str:
    ways = [programme.contact_email, programme.contact_phone]
    known = " or ".join(way for way in ways if way)
    return f"If you have a question, contact {known}." if known else "If you have a question, write to us."


# -- applicants ------------------------------------------------------------------------------------


def about(application: Application) -> dict[str, Any]:
    cohort = application.cohort
    return {"programme": cohort.programme.name, "cohort": cohort.name, "reference": application.reference}


def _with_page(application: Application) -> dict[str, Any]:
    return {**about(application), "link": address("applications:application", application.pk)}


def _to_applicant(kind: MessageKind, application: Application, context: Mapping[str, Any]) -> Message:
    return send_as(
        kind=kind.key,
        to=application.applicant,
        name=application.full_name,
        about=application,
        scopes=application.message_scopes,
        context=context,
        reply_to=application.cohort.programme.contact_email,
    )


def tell_submitted(application: Application) -> Message:
    context = {
        **_with_page(application),
        "contact": contact_sentence(application.cohort.programme),
        "closes": when(application.cohort.window.last_moment),
    }
    return _to_applicant(SUBMITTED, application, context)


def _withdrawn(application: Application) -> dict[str, Any]:
    return {**_with_page(application), "contact": contact_sentence(application.cohort.programme)}


def tell_withdrawn(application: Application) -> Message:
    """The sponsor, if one was asked, is told by funding when the fee agreement ends."""
    return _to_applicant(WITHDRAWN, application, _withdrawn(application))


def preview_withdrawn(application: Application) -> MessagePreview:
    return preview(
        kind=WITHDRAWN.key,
        to=application.applicant,
        name=application.full_name,
        scopes=application.message_scopes,
        context=_withdrawn(application),
    )


# -- the register of interest ----------------------------------------------------------------------


def _to_interested(kind: MessageKind, interest: Interest, context: Mapping[str, Any], secrets: Any) -> Message:
    return send_as(
        kind=kind.key,
        to=interest.email,
        name=interest.name,
        about=interest,
        scopes=interest.message_scopes,
        context={"programme": interest.programme.name, **context},
        secrets=secrets,
        reply_to=interest.programme.contact_email,
    )


def _leave(raw: str) -> dict[str, str]:
    return {"leave_link": address("applications:interest_leave", raw)}


def _programme_page(interest: Interest) -> dict[str, str]:
    return {"page": address("cohorts:programme", interest.programme.slug)}


def ask_to_confirm(interest: Interest, raw: str) -> Message:
    secrets = {"link": address("applications:interest_confirm", raw)}
    return _to_interested(INTEREST_CONFIRM, interest, {}, secrets)


def tell_confirmed(interest: Interest, raw: str) -> Message:
    return _to_interested(INTEREST_CONFIRMED, interest, _programme_page(interest), _leave(raw))


def tell_already_on_list(interest: Interest, raw: str) -> Message:
    return _to_interested(INTEREST_ALREADY, interest, _programme_page(interest), _leave(raw))


def tell_open(interest: Interest, window: Window, raw: str) -> Message:
    context = {
        "cohort": window.cohort.name,
        "closes": when(window.last_moment),
        "link": address("applications:check", interest.programme.slug),
    }
    return _to_interested(WINDOW_OPENED, interest, context, _leave(raw))


# -- reminders -------------------------------------------------------------------------------------


def _unsubmitted(start: date, end: date) -> QuerySet[Application]:
    found = Application.objects.filter(
        status=ApplicationStatus.DRAFT,
        cohort__status=CohortStatus.PUBLISHED,
        cohort__window__closes_at__gt=timezone.now(),
        # a window that closes at midnight has its last day the day before
        cohort__window__closes_at__date__range=(start, end + timedelta(days=1)),
    )
    return found.select_related("applicant", "cohort__programme__provider", "cohort__window")


def _what_is_left(application: Application) -> list[str]:
    from applications.fee import fee_state

    left = [f"- {part.title}" for part in missing_parts(application)]
    if not fee_state(application).settled:
        left.append("- Who agrees the fee")
    return [*left, "- Check your answers and submit"]


def _closing(application: Application) -> dict[str, Any]:
    closes = when(application.cohort.window.last_moment)
    return {**_with_page(application), "closes": closes, "left": _what_is_left(application)}


def _due(rule: ReminderRule, start: date, end: date) -> Iterable[reminders.ReminderItem]:
    for application in _unsubmitted(start, end):
        words = partial(_closing, application)
        notice = Notice(DRAFT_CLOSING, application.applicant, application, words, name=application.full_name)
        yield reminders.ReminderItem(timezone.localdate(application.cohort.window.last_moment), notice)


NOT_SUBMITTED = reminders.register(
    reminders.ReminderKind(
        "applications.not_submitted",
        "The application is not submitted",
        "the closing of the window",
        DRAFT_CLOSING.key,
        _due,
    )
)
