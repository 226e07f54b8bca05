"""Shortlisting, holding, turning down, and taking a decision back."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Subquery

from applications import notices
from applications.actions.access import DECIDE, require_decider
from applications.actions.forms import TurnDownForm, note_field
from applications.fee import agreement as fees
from applications.models import Application, Decision, PlannedDecision
from applications.models.reason import Reason, WithReason, offered
from applications.models.rules import to_look_at
from applications.queries import places_left
from applications.states import APPLICATION, INTERVIEW, InterviewStatus, Meaning
from cohorts.models import Cohort
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.formats.english import counted, when
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.runtime.broker import nudge
from steppingup.steps.behalf import asked
from steppingup.steps.step import Waiting, Weight, asking, step


def write_down(
    *, application: Application, step: str, by: Actor | None, reason: Reason | None = None, note: str = ""
) -> Decision:
    """One line in the record of decisions, which is never changed. Where staff act for somebody who asked for it, it is
    theirs, with how and when they were asked."""
    who = person(by) if by else None
    if acting := asked():
        who, note = acting.doer, " ".join(filter(None, (acting.in_words, note)))
    given = reason.as_given if reason else {}
    return Decision.objects.create(application=application, step=step, note=note, by=who, **given)


def decide(application: Application, move: str, by: Actor, *, reason: Reason | None = None, note: str = "") -> None:
    """A move of the application that a person has decided: with who and when, and a line in the record."""
    given = reason.as_given if reason else WithReason.NONE
    APPLICATION.move(application, move, decided_at=clock.now(), decided_by=person(by), **given)
    drop_what_cannot_be_sent(application)
    write_down(application=application, step=move, by=by, reason=reason, note=note)


def drop_what_cannot_be_sent(application: Application) -> None:
    """A decision that was set to be sent later, and that is not possible any more as things are now."""
    impossible = [what for what in PlannedDecision.What.values if not APPLICATION.allows(application, what)]
    PlannedDecision.objects.filter(application=application, step__in=impossible).delete()


FILL = "applications.fill"


def pass_on(cohort: Cohort) -> None:
    """A place may have become free. Where places go in the order of submission, whoever comes next is written to as soon as
    this transaction has ended, by a worker; and if there is none, within a minute (`places.fill_due`)."""
    if cohort.rule_set.is_first_come:
        transaction.on_commit(partial(nudge, FILL, cohort.pk), robust=True)


@step(
    Application,
    "Shortlist",
    past="Shortlisted",
    story="You were put on the shortlist",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    form=asking(note=note_field()),
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_decide(),
        "application has been scored and needs a decision",
        "applications have been scored and need a decision",
        order=50,
    ),
)
def shortlist(*, application: Application, by: Actor, note: str = "") -> Application:
    """Put the application on the shortlist, and tell the applicant."""
    decide(application, "shortlist", by, note=note)
    notices.tell_standing(notices.SHORTLISTED, application)
    return application


@step(
    Application,
    "Hold in reserve",
    past="Held in reserve",
    story="You were put on the reserve list",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    form=asking(note=note_field()),
    bulk=True,
)
def hold(*, application: Application, by: Actor, note: str = "") -> Application:
    """Hold the application in reserve, and tell the applicant."""
    decide(application, "hold", by, note=note)
    notices.tell_standing(notices.HELD, application)
    return application


def _is_outscored(application: Application) -> bool:
    mean = Application.objects.filter(pk=application.pk).values("mean_total")
    return Application.objects.filter(cohort=application.cohort_id, mean_total__gt=Subquery(mean)).exists()


def reason_given(application: Application, key: str) -> Reason:
    """The reason that the applicant is to read, by its key. Raises NotPossible where the rules by which they applied have none
    such, and for one that the facts do not bear out."""
    found = next((one for one in offered(application.cohort.rule_set) if one.key == key), None)
    if found is None:
        raise NotPossible("Choose a reason for turning the application down.", "required", field="reason")
    _require_true(application, found)
    return found


def _require_true(application: Application, reason: Reason) -> None:
    cohort, means = application.cohort, reason.meaning
    not_so = f"so “{reason}” would not be true. Choose another reason."
    free, open_offers = places_left(cohort) if means == Meaning.PLACES else (0, 0)
    refuse_if(
        free > open_offers,
        f"{counted(free - open_offers, 'place is', 'places are')} still free and offered to nobody, {not_so}",
        "untrue",
        field="reason",
    )
    at = application.submitted_at
    refuse_if(
        means == Meaning.LATE and at and hasattr(cohort, "window") and not application.own_window.has_closed(at),
        f"The application arrived on {when(at)}, which was in time, {not_so}",
        "untrue",
        field="reason",
    )
    refuse_if(
        means == Meaning.SCORE and not _is_outscored(application),
        f"No other application of this cohort has been scored higher, {not_so}",
        "untrue",
        field="reason",
    )
    refuse_if(
        means == Meaning.INTERVIEW and not application.interviews.filter(status=InterviewStatus.HELD).exists(),
        f"No interview has been recorded, {not_so}",
        "untrue",
        field="reason",
    )


@step(
    Application,
    "Turn down",
    past="Turned down",
    story="We decided that we cannot offer you a place this time",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    form=TurnDownForm,
    bulk=True,
    weight=Weight.DANGER,
)
def turn_down(*, application: Application, reason: str, by: Actor, note: str = "") -> Application:
    """Turn the application down for one of the reasons of its rules (by key), which the applicant reads and which is kept as it
    was said; the note is for staff.

    An interview that was arranged is cancelled with it. Raises NotPossible without a reason (L3), or for one that is not so."""
    why = reason_given(application, reason)
    decide(application, "turn_down", by, reason=why, note=note)
    INTERVIEW.move_all(application.interviews, "cancel")
    notices.tell_applicant(notices.TURNED_DOWN, application, reason=str(why))
    fees.release(application, fees.TURNED_DOWN, by=by)
    pass_on(application.cohort)
    return application


@step(
    Application,
    "Consider again",
    past="Considered again",
    story="We are looking at your application again",
    meaning="For a decision that was right when it was made and is to be made anew, as after an appeal. If it was made by "
    "mistake, take it back instead: then everything is as it was.",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    moves=("reconsider", "reconsider_interview", "reconsider_order"),
    form=asking(note=note_field("Why it is considered again", required=True)),
)
def reconsider(*, application: Application, note: str, by: Actor) -> Application:
    """Decide anew, with a reason for the record; the applicant is told that we are looking again.

    An application that was turned down after its interview keeps the interview; where places go in the order of submission, it
    has its number again. What was agreed about the fee, and a
    bursary, come back as they were; only where that cannot be is the sponsor asked again."""
    required(note, "Say why it is considered again.", "note")
    if application.interviews.filter(status=InterviewStatus.HELD).exists():
        values: dict[str, Any] = {"decided_at": clock.now(), "decided_by": person(by)}
        APPLICATION.move(application, "reconsider_interview", **WithReason.NONE, **values)
    else:
        move = "reconsider" if application.cohort.rule_set.is_by_merit else "reconsider_order"
        APPLICATION.move(application, move, **WithReason.NONE, decided_at=None, decided_by=None)
    write_down(application=application, step="reconsider", by=by, note=note)
    notices.tell_applicant(notices.RECONSIDERED, application)
    fees.resume(application, by=by)
    pass_on(application.cohort)
    return application


def _require_to_look_at(application: Application) -> None:
    refuse_if(
        not to_look_at(application.eligibility_answers.all()),
        "There are no answers to look at.",
        "nothing",
    )


def _require_looked_at(application: Application) -> None:
    refuse_if(
        not any(answer.looked_at for answer in application.eligibility_answers.all()),
        "No answers have been marked as looked at.",
        "nothing",
    )


@step(
    Application,
    "Mark as looked at",
    past="Marked as looked at",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_to_look_at,
    form=asking(reason=note_field("What you found", required=True, error_messages={"required": "Say what you found."})),
    undo="look_again",
)
def mark_as_looked_at(*, application: Application, reason: str, by: Actor) -> Application:
    """Settle the answers to the conditions that were to be looked at (B16): who, when and why stand in the record of
    decisions. Nobody is told. Raises NotPossible without a reason, or when there is nothing to look at."""
    found = required(reason, "Say what you found.")
    if application.eligibility_answers.to_look_at().update(looked_at=clock.now()):  # nobody was quicker
        write_down(application=application, step="mark_as_looked_at", by=by, note=found)
        pass_on(application.cohort)
    return application


@step(
    Application,
    "Look at the answers again",
    past="Marked to be looked at again",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_looked_at,
    undo="mark_as_looked_at",
)
def look_again(*, application: Application, by: Actor) -> Application:
    """The answers wait to be looked at again. What was found before stays in the record."""
    application.eligibility_answers.update(looked_at=None)
    write_down(application=application, step="look_again", by=by)
    return application
