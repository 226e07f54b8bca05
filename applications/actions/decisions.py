"""Shortlisting, holding, turning down, and taking a decision back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from applications.actions import fees
from applications.actions.access import require_decider
from applications.actions.telling import about_reason, tell, would_tell
from applications.models import Application, Decision
from applications.states import APPLICATION, INTERVIEW, InterviewStatus, Reason
from steppingup.accounts.actors import Actor, person
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.sending import MessagePreview

# What the applicant is told when a step is taken.
KIND = {"shortlist": "shortlisted", "hold": "held", "turn_down": "turned_down", "reconsider": "reconsidered"}


def write_down(*, application: Application, step: str, by: Actor | None, reason: str = "", note: str = "") -> Decision:
    """One line in the record of decisions, which is never changed."""
    who = person(by) if by else None
    return Decision.objects.create(application=application, step=step, reason=reason, note=note, by=who)


def _decide(application: Application, step: str, by: Actor, *, reason: str = "", note: str = "") -> Application:
    decider = require_decider(by, application)
    APPLICATION.move(application, step, decided_at=timezone.now(), decided_by=decider, reason=reason)
    write_down(application=application, step=step, by=decider, reason=reason, note=note)
    return application


@transaction.atomic
def shortlist(*, application: Application, by: Actor, note: str = "") -> Application:
    """Put the application on the shortlist, and tell the applicant.

    Raises NotAllowed, or NotPossible when it is in another state."""
    _decide(application, "shortlist", by, note=note)
    tell(application, "shortlisted")
    return application


@transaction.atomic
def hold(*, application: Application, by: Actor, note: str = "") -> Application:
    """Hold the application in reserve, and tell the applicant."""
    _decide(application, "hold", by, note=note)
    tell(application, "held")
    return application


@transaction.atomic
def turn_down(*, application: Application, reason: str, by: Actor, note: str = "") -> Application:
    """Turn the application down for a coded reason, which the applicant reads; the note is for staff.

    An interview that was arranged is cancelled with it. Raises NotPossible without a reason (L3)."""
    if reason not in Reason.values:
        raise NotPossible("Choose a reason for turning the application down.")
    _decide(application, "turn_down", by, reason=reason, note=note)
    for interview in application.interviews.filter(status=InterviewStatus.ARRANGED):
        INTERVIEW.move(interview, "cancel")
    fees.release(application, fees.TURNED_DOWN, by=by)
    tell(application, "turned_down", reason=about_reason(reason))
    return application


@transaction.atomic
def reconsider(*, application: Application, note: str, by: Actor) -> Application:
    """Take a decision back, with a reason for the record; the applicant is told that we are looking again.

    An application that was turned down after its interview keeps the interview."""
    decider = require_decider(by, application)
    if not note.strip():
        raise NotPossible("Say why the decision is taken back.")
    if application.interviews.filter(status=InterviewStatus.HELD).exists():
        values: dict[str, Any] = {"decided_at": timezone.now(), "decided_by": decider}
        APPLICATION.move(application, "reconsider_interview", reason="", **values)
    else:
        APPLICATION.move(application, "reconsider", reason="", decided_at=None, decided_by=None)
    write_down(application=application, step="reconsider", by=decider, note=note)
    fees.resume(application, by=by)
    tell(application, "reconsidered")
    return application


def would_be_told(*, application: Application, step: str, reason: str = "") -> list[MessagePreview]:
    """What the applicant, and a sponsor who was asked, would read when the step is taken (design rule 10)."""
    if step == "turn_down":
        letter = would_tell(application, KIND[step], reason=about_reason(reason))
        return [letter, *fees.would_be_released(application, fees.TURNED_DOWN)]
    return [would_tell(application, KIND[step])]
