"""Interviews: invite, move, cancel, and record the outcome on the same criteria (B24)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from applications import notices
from applications.actions.access import DECIDE, require_decider
from applications.actions.decisions import decide
from applications.actions.forms import InterviewForm, InvitationForm, RecordForm, note_field
from applications.models import Application, Criterion, Interview, InterviewScore
from applications.queries import to_invite
from applications.rules.scores import total
from applications.selection import clashes
from applications.selection.impartiality import why_not_panel
from applications.states import APPLICATION, INTERVIEW, InterviewStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if, required
from steppingup.steps.step import Waiting, Weight, asking, step


def _arranged(application: Application) -> Interview:
    """The interview that is to come. Raises NotPossible when there is none."""
    for interview in application.interviews.all():
        if interview.status == InterviewStatus.ARRANGED:
            interview.application = application
            return interview
    raise NotPossible("No interview has been arranged.", "no_interview")


def _locked(application: Application) -> Interview:
    """The application's row first, then the interview's, as whoever decides does."""
    # Not its key: whoever only refers to the application (a message, an event) need not wait.
    Application.objects.select_for_update(of=("self",), no_key=True).get(pk=application.pk)
    found = Interview.objects.select_for_update(of=("self",)).filter(application=application)
    interview = found.filter(status=InterviewStatus.ARRANGED).first()
    if interview is None:
        raise NotPossible("This interview has already taken place or been cancelled.", "state")
    interview.application = application
    return interview


def _require_arrangements(starts_at: datetime, place: str) -> None:
    refuse_if(starts_at <= clock.now(), "Choose a day and time in the future.", "past", field="day")
    required(place, "Say where the interview will take place.", "place")


def _require_free(application: Application, starts_at: datetime, minutes: int, place: str, panel: str) -> None:
    refuse_if(not 5 <= minutes <= 480, "Enter the length as 5 to 480 minutes.", "minutes", field="minutes")
    refuse(why_not_panel(application, clashes.panel_of(panel).values()), "not_impartial", field="panel")
    clashes.require_free(application, starts_at, minutes, place, panel)


def _require_begun(application: Application) -> None:
    refuse_if(_arranged(application).starts_at > clock.now(), "The interview has not started yet.", "not_begun")


def _when(application: Application, starts_at: datetime | None = None, **given: Any) -> str:
    return f"The interview is on {english.when(starts_at)}." if starts_at else ""


@step(
    Application,
    "Invite to interview",
    past="Invited",
    story="We invited you to an interview",
    meaning=_when,
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    form=InvitationForm,
    undo="cancel_interview",
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        to_invite,
        "shortlisted application needs an interview",
        "shortlisted applications need an interview",
        order=60,
    ),
)
def invite(
    *, application: Application, starts_at: datetime, place: str, by: Actor, minutes: int = 45, panel: str = ""
) -> Interview:
    """Invite a shortlisted applicant to an interview, by email with day and time in London.

    Raises NotPossible for a moment in the past, without a place, in another state, or when the room, the applicant or
    somebody of the panel has another interview then."""
    APPLICATION.check(application, "invite")
    _require_arrangements(starts_at, place)
    _require_free(application, starts_at, minutes, place, panel)
    decide(application, "invite", by)
    interview = Interview.objects.create(
        application=application, starts_at=starts_at, minutes=minutes, place=place.strip(), panel=panel.strip()
    )
    notices.tell_of_interview(notices.INTERVIEW_INVITED, interview)
    return interview


@step(
    Application,
    "Record the interview",
    name="record_interview",
    past="Interview recorded",
    meaning=lambda application, **given: f"The interview was on {english.when(_arranged(application).starts_at)}.",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    policy=_require_begun,
    form=RecordForm,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.awaiting_record(),
        "application has an interview to record",
        "applications have interviews to record",
        order=70,
    ),
)
def record(
    *, application: Application, scores: Mapping[int, tuple[int, str]], outcome: str, by: Actor, note: str = ""
) -> Interview:
    """Record what the panel found: a score from 0 to the window's highest on each criterion (B24), and a recommendation.

    Nobody is told. Raises NotPossible before the interview, or when a criterion or the recommendation is missing."""
    interview = _locked(application)
    # Asked again under the lock: it may have been moved a moment ago.
    refuse_if(interview.starts_at > clock.now(), "The interview has not started yet.", "not_begun")
    refuse_if(outcome not in Interview.Outcome.values, "Choose what the panel recommends.", "required", field="outcome")
    highest = application.cohort.window.max_score
    criteria = list(Criterion.objects.filter(rule_set=application.cohort.rule_set_id))
    missing = [criterion.title for criterion in criteria if criterion.pk not in scores]
    refuse_if(missing, f"Choose a score for each criterion. Still missing: {', '.join(missing)}.", "scores_missing")
    refuse_if(
        any(not 0 <= value <= highest for value, _ in scores.values()),
        f"Choose scores from 0 to {highest}.",
        "score_out_of_range",
    )
    decide(application, "record_interview", by, note=note)
    points = total(scores[criterion.pk][0] for criterion in criteria)
    INTERVIEW.move(
        interview,
        "record",
        outcome=outcome,
        note=note,
        total=points,
        recorded_at=clock.now(),
        recorded_by=person(by),
    )
    InterviewScore.objects.bulk_create(
        InterviewScore(interview=interview, criterion=c, value=scores[c.pk][0], comment=scores[c.pk][1])
        for c in criteria
    )
    return interview


@step(
    Application,
    "Move the interview",
    name="move_interview",
    past="Interview moved",
    meaning=_when,
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    moves=("record_interview",),
    form=InterviewForm,
)
def reschedule(
    *, application: Application, starts_at: datetime, place: str, by: Actor, minutes: int = 45, panel: str = ""
) -> Interview:
    """Move an interview that has not been held, and tell the applicant the new arrangements. Raises NotPossible when
    nothing changes, and as `invite` does."""
    _require_arrangements(starts_at, place)
    APPLICATION.check(application, "record_interview")  # nothing below moves the application, which would ask
    _require_free(application, starts_at, minutes, place, panel)
    interview = _locked(application)
    new = (starts_at, minutes, place.strip(), panel.strip())
    refuse_if(
        new == (interview.starts_at, interview.minutes, interview.place, interview.panel),
        "Nothing has changed. Enter another time or another place.",
        "same",
    )
    interview.starts_at, interview.minutes = starts_at, minutes
    interview.place, interview.panel = place.strip(), panel.strip()
    interview.save(update_fields=["starts_at", "minutes", "place", "panel"])
    notices.tell_of_interview(notices.INTERVIEW_CHANGED, interview)
    return interview


@step(
    Application,
    "Cancel the interview",
    name="cancel_interview",
    past="Interview cancelled",
    story="Your interview was cancelled",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    form=asking(note=note_field()),
    undo="invite",
)
def cancel(*, application: Application, by: Actor, note: str = "") -> Interview:
    """Cancel an interview; the applicant stays on the shortlist and is told."""
    interview = _locked(application)
    decide(application, "cancel_interview", by, note=note)
    INTERVIEW.move(interview, "cancel")
    notices.tell_applicant(notices.INTERVIEW_CANCELLED, application, when=english.when(interview.starts_at))
    return interview
