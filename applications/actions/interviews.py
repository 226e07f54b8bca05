"""Interviews: invite, move, cancel, and record the outcome on the same criteria (B24)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from applications.actions.access import require_decider
from applications.actions.decisions import write_down
from applications.actions.telling import about_interview, tell, would_tell
from applications.models import Application, Criterion, Interview, InterviewScore
from applications.states import APPLICATION, INTERVIEW, InterviewStatus
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.sending import MessagePreview


def _arrangeable(starts_at: datetime, place: str) -> None:
    if starts_at <= timezone.now():
        raise NotPossible("Choose a day and time that lie in the future.")
    if not place.strip():
        raise NotPossible("Say where the interview takes place.")


@transaction.atomic
def invite(
    *, application: Application, starts_at: datetime, place: str, by: Actor, minutes: int = 45, panel: str = ""
) -> Interview:
    """Invite a shortlisted applicant to an interview, by email with day and time in London.

    Raises NotPossible for a moment in the past, without a place, or in another state."""
    person = require_decider(by, application)
    _arrangeable(starts_at, place)
    APPLICATION.move(application, "invite", decided_at=timezone.now(), decided_by=person)
    interview = Interview.objects.create(
        application=application, starts_at=starts_at, minutes=minutes, place=place.strip(), panel=panel.strip()
    )
    write_down(application=application, step="invite", by=person)
    tell(application, "interview_invited", **about_interview(interview))
    return interview


def would_be_invited(
    *, application: Application, starts_at: datetime, place: str, minutes: int, panel: str, again: bool = False
) -> MessagePreview:
    """What the applicant would read."""
    interview = Interview(starts_at=starts_at, place=place, minutes=minutes, panel=panel)
    return would_tell(application, "interview_changed" if again else "interview_invited", **about_interview(interview))


@transaction.atomic
def reschedule(
    *, interview: Interview, starts_at: datetime, place: str, by: Actor, minutes: int = 45, panel: str = ""
) -> Interview:
    """Move an interview that has not been held, and tell the applicant the new arrangements."""
    require_decider(by, interview.application)
    _arrangeable(starts_at, place)
    interview = Interview.objects.select_for_update(of=("self",)).get(pk=interview.pk)
    if interview.status != InterviewStatus.ARRANGED:
        raise NotPossible("This interview has been held or cancelled, so it cannot be moved.")
    interview.starts_at, interview.minutes = starts_at, minutes
    interview.place, interview.panel = place.strip(), panel.strip()
    interview.save(update_fields=["starts_at", "minutes", "place", "panel"])
    tell(interview.application, "interview_changed", **about_interview(interview))
    return interview


@transaction.atomic
def cancel(*, interview: Interview, by: Actor, note: str = "") -> Interview:
    """Cancel an interview; the applicant stays on the shortlist and is told."""
    application = interview.application
    person = require_decider(by, application)
    APPLICATION.move(application, "cancel_interview", decided_at=timezone.now(), decided_by=person)
    INTERVIEW.move(interview, "cancel")
    write_down(application=application, step="cancel_interview", by=person, note=note)
    tell(application, "interview_cancelled", when=english.when(interview.starts_at))
    return interview


@transaction.atomic
def record(
    *,
    interview: Interview,
    scores: Mapping[int, tuple[int, str]],
    outcome: str,
    by: Actor,
    note: str = "",
) -> Interview:
    """Record what the panel found: a score from 0 to the window's highest on each criterion (B24), and a recommendation.

    Nobody is told. Raises NotPossible before the interview, or when a criterion or the recommendation is missing."""
    application = interview.application
    person = require_decider(by, application)
    Application.objects.select_for_update(of=("self",), no_key=True).get(pk=application.pk)
    if Interview.objects.select_for_update(of=("self",)).get(pk=interview.pk).starts_at > timezone.now():
        raise NotPossible("The interview has not begun yet.")
    if outcome not in Interview.Outcome.values:
        raise NotPossible("Choose what the panel recommends.")
    highest = application.cohort.window.max_score
    criteria = list(Criterion.objects.filter(programme=application.cohort.programme_id))
    missing = [criterion.title for criterion in criteria if criterion.pk not in scores]
    if missing:
        raise NotPossible(f"Give a score for each criterion. Still missing: {', '.join(missing)}.")
    if any(not 0 <= value <= highest for value, _ in scores.values()):
        raise NotPossible(f"Give scores from 0 to {highest}.")
    _finish(interview, application, person, outcome=outcome, note=note, total=sum(scores[c.pk][0] for c in criteria))
    InterviewScore.objects.bulk_create(
        InterviewScore(interview=interview, criterion=c, value=scores[c.pk][0], comment=scores[c.pk][1])
        for c in criteria
    )
    return interview


def _finish(
    interview: Interview, application: Application, person: User, *, outcome: str, note: str, total: int
) -> None:
    now = timezone.now()
    APPLICATION.move(application, "record_interview", decided_at=now, decided_by=person)
    INTERVIEW.move(interview, "record", outcome=outcome, note=note, total=total, recorded_at=now, recorded_by=person)
    write_down(application=application, step="record_interview", by=person, note=note)
