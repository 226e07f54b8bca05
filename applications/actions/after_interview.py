"""What is put right after an interview: somebody did not come, or what was recorded is corrected, with the original kept."""

from collections.abc import Mapping
from typing import Any

from django import forms

from applications import notices
from applications.actions.access import DECIDE, require_decider
from applications.actions.decisions import decide, write_down
from applications.actions.forms import RecordForm, note_field
from applications.models import Application, Criterion, Interview, InterviewCorrection
from applications.rules.scores import total
from applications.states import APPLICATION, INTERVIEW, InterviewStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import asking, step


def _of(application: Application, status: str) -> Interview | None:
    return next((one for one in application.interviews.all() if one.status == status), None)


def _locked(application: Application, status: str, sentence: str) -> Interview:
    """The application's row first, then the interview's, as whoever decides does."""
    Application.objects.select_for_update(of=("self",), no_key=True).get(pk=application.pk)
    interview = Interview.objects.select_for_update(of=("self",)).filter(application=application, status=status).first()
    if interview is None:
        raise NotPossible(sentence, "state")
    interview.application = application
    return interview


def _require_begun(application: Application) -> None:
    arranged = _of(application, InterviewStatus.ARRANGED)
    if arranged is None:
        raise NotPossible("No interview has been arranged.", "no_interview")
    refuse_if(arranged.starts_at > clock.now(), "The interview has not started yet.", "not_begun")


@step(
    Application,
    "Did not come",
    name="miss_interview",
    past="Did not come to the interview",
    story="You did not come to the interview",
    meaning="They stay on the shortlist and can be invited again. If it was a mistake, take this back: they are told.",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    policy=_require_begun,
    form=asking(note=note_field()),
    undo="invite",
)
def miss(*, application: Application, by: Actor, note: str = "") -> Interview:
    """The applicant did not come to the interview: they stay on the shortlist, and are asked what happened.

    Raises NotPossible before it has begun, or when it was recorded or cancelled."""
    over = "This interview has already taken place or been cancelled."
    interview = _locked(application, InterviewStatus.ARRANGED, over)
    refuse_if(interview.starts_at > clock.now(), "The interview has not started yet.", "not_begun")
    decide(application, "miss_interview", by, note=note)
    INTERVIEW.move(interview, "miss")
    notices.tell_applicant(notices.INTERVIEW_MISSED, application, when=english.when(interview.starts_at))
    return interview


class CorrectionForm(RecordForm):
    """What was recorded, to be corrected, and why."""

    reason = forms.CharField(
        label="Why is it corrected?",
        help_text="Whoever reads the application sees what stood before, who corrected it and why.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is corrected."},
    )

    def __init__(self, *args: Any, subject: Application, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        held = subject.interviews.filter(status=InterviewStatus.HELD).first()
        if held is None:
            return
        begins: dict[str, Any] = {"outcome": held.outcome, "note": held.note}
        for score in held.scores.all():
            begins |= {f"score_{score.criterion_id}": score.value, f"comment_{score.criterion_id}": score.comment}
        self.initial = {**begins, **self.initial}

    def values(self) -> dict[str, Any]:
        return {**super().values(), "reason": self.cleaned_data["reason"]}


def _require_held(application: Application) -> None:
    refuse_if(_of(application, InterviewStatus.HELD) is None, "No interview has been recorded.", "no_interview")


@step(
    Application,
    "Correct the interview",
    name="correct_interview",
    past="Interview corrected",
    meaning="Decisions that were taken stay as they are. What was recorded before can still be read.",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_held,
    form=CorrectionForm,
    undo="correct_interview",
)
def correct(
    *,
    application: Application,
    scores: Mapping[int, tuple[int, str]],
    outcome: str,
    reason: str,
    by: Actor,
    note: str = "",
) -> Interview:
    """Correct the panel's scores, recommendation or notes. What stood before is kept, with who corrected it and why; nobody
    is told, and no decision changes.

    Raises NotPossible without a reason, when nothing changes, or for a score that cannot be given."""
    reason = required(reason, "Say why it is corrected.", "reason")
    refuse_if(outcome not in Interview.Outcome.values, "Choose what the panel recommends.", "required", field="outcome")
    interview = _locked(application, InterviewStatus.HELD, "No interview has been recorded.")
    highest = application.cohort.window.max_score
    refuse_if(
        any(not 0 <= value <= highest for value, _ in scores.values()),
        f"Choose scores from 0 to {highest}.",
        "score_out_of_range",
    )
    changes = _changes(interview, scores, outcome, note)
    refuse_if(not changes, "Nothing has changed. Correct a score, the recommendation or the notes.", "same")
    for one in changes:
        one.interview, one.reason, one.by = interview, reason, person(by)
    InterviewCorrection.objects.bulk_create(changes)
    for score in interview.scores.filter(criterion__in=scores):
        score.value, score.comment = scores[score.criterion_id]
        score.save(update_fields=["value", "comment"])
    interview.outcome, interview.note = outcome, note
    interview.total = total(interview.scores.values_list("value", flat=True))
    interview.save(update_fields=["outcome", "note", "total"])
    write_down(application=application, step="correct_interview", by=by, note=reason)
    return interview


def _changes(
    interview: Interview, scores: Mapping[int, tuple[int, str]], outcome: str, note: str
) -> list[InterviewCorrection]:
    """One row for each thing that is other than it was."""
    what = InterviewCorrection.What
    found: list[tuple[str, Criterion | None, str, str]] = []
    for score in interview.scores.all():
        value, comment = scores.get(score.criterion_id, (score.value, score.comment))
        pairs = ((what.SCORE, str(score.value), str(value)), (what.COMMENT, score.comment, comment))
        found += [(kind, score.criterion, before, after) for kind, before, after in pairs]
    labels = dict(Interview.Outcome.choices)
    found += [(what.OUTCOME, None, str(labels.get(interview.outcome, "")), str(labels[outcome]))]
    found += [(what.NOTE, None, interview.note, note)]
    return [
        InterviewCorrection(what=kind, criterion=criterion, before=before, after=after)
        for kind, criterion, before, after in found
        if before != after
    ]
