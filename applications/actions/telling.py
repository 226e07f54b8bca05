"""What applicants and assessors are told: the same words for the preview before a decision and for the email after it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Interview
from applications.states import Reason
from cohorts.models import Cohort
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.messaging.actions import preview, send_as
from steppingup.messaging.actions.sending import MessagePreview
from steppingup.messaging.models import Message

Context = Mapping[str, Any]
#: Where the button of a message leads, if not to the application's page.
PAGE = {"offered": "applications:offer"}


def absolute(name: str, *args: Any) -> str:
    """The full address of a page, for an email."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _for_applicant(application: Application, kind: str, more: Context) -> dict[str, Any]:
    cohort = application.cohort
    common = {
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "reference": application.reference,
        "link": absolute(PAGE.get(kind, "applications:application"), application.pk),
    }
    return {
        "kind": f"applications.{kind}",
        "to": application.applicant,
        "name": application.full_name or application.applicant.full_name,
        "scopes": application.message_scopes,
        "context": {**common, **more},
    }


def _reply_to(application: Application) -> str:
    return application.cohort.programme.contact_email


def would_tell(application: Application, kind: str, **more: Any) -> MessagePreview:
    """What the applicant would read."""
    return preview(**_for_applicant(application, kind, more))


def tell(application: Application, kind: str, **more: Any) -> Message:
    """Tell the applicant, in the caller's transaction."""
    return send_as(**_for_applicant(application, kind, more), about=application, reply_to=_reply_to(application))


def _for_assessor(assessor: User, cohort: Cohort, kind: str, more: Context) -> dict[str, Any]:
    common = {
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "link": absolute("admin:applications_review_changelist"),
    }
    return {
        "kind": f"applications.{kind}",
        "to": assessor,
        "scopes": cohort.message_scopes,
        "context": {**common, **more},
    }


def would_tell_assessor(assessor: User, cohort: Cohort, kind: str, **more: Any) -> MessagePreview:
    """What the assessor would read."""
    return preview(**_for_assessor(assessor, cohort, kind, more))


def tell_assessor(assessor: User, cohort: Cohort, kind: str, **more: Any) -> Message:
    """Tell an assessor. The message is listed on the cohort's page, not on the application's."""
    return send_as(**_for_assessor(assessor, cohort, kind, more), about=cohort, reply_to=cohort.programme.contact_email)


def to_score(number: int) -> str:
    """“1 application”, “3 applications”."""
    return "1 application" if number == 1 else f"{number} applications"


def about_reason(reason: str) -> str:
    """The coded reason as it stands in a letter."""
    return str(Reason(reason).label) if reason else ""


def about_interview(interview: Interview) -> dict[str, Any]:
    return {
        "when": english.when(interview.starts_at),
        "minutes": interview.minutes,
        "where": interview.place,
        "panel": interview.panel or "members of the programme team",
    }


def last_day(expires_at: datetime) -> str:
    """“Wednesday 12 February 2020”: the day at whose end an offer ends."""
    return english.weekday_date(timezone.localtime(expires_at))
