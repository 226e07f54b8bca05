"""What a coordinator can do with one application: each a page that says who will be told what, before it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from applications.actions import decisions, employers, interviews, offers, reviews
from applications.actions.telling import last_day, to_score, would_tell, would_tell_assessor
from applications.admin.forms import (
    AssignForm,
    EmployerForm,
    InterviewForm,
    NoteForm,
    ReconsiderForm,
    RecordForm,
    ReopenForm,
    TurnDownForm,
)
from applications.models import Application, Interview, Review
from applications.queries import places_left
from applications.states import APPLICATION, OVER, REVIEW, TO_REVIEW, WANTS_SCORES, ApplicationStatus, InterviewStatus
from steppingup.accounts.models import User
from steppingup.messaging.actions.sending import MessagePreview
from steppingup.web import words

Values = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """`subject` is an application, or a review for the steps of reviews.

    `check`: what is told depends on what is filled in, so it is shown on a second page before anything happens."""

    name: str
    label: str
    possible: Callable[[Any], bool]
    run: Callable[[Any, forms.Form | None, User], Any]
    done: str
    told: Callable[[Any, Values], list[MessagePreview]] = lambda subject, values: []
    form: Callable[..., forms.Form] | None = None
    check: bool = False
    target: str = ""
    text: Callable[[Any], str] = lambda subject: ""
    strong: bool = False


def can(step: str) -> Callable[[Application], bool]:
    """Does the application's state allow the step?"""
    return lambda application: application.status in APPLICATION.steps[step].sources


def plain(form_class: type[forms.Form]) -> Callable[..., forms.Form]:
    return lambda subject, *args: form_class(*args)


def arranged(application: Application) -> Interview:
    return application.interviews.get(status=InterviewStatus.ARRANGED)


def decided(step: str) -> Callable[[Application, Values], list[MessagePreview]]:
    return lambda application, values: decisions.would_be_told(
        application=application, step=step, reason=values.get("reason", "")
    )


def _invited(application: Application, values: Values, *, again: bool = False) -> list[MessagePreview]:
    keys = ("starts_at", "place", "minutes", "panel")
    return [interviews.would_be_invited(application=application, again=again, **{key: values[key] for key in keys})]


def _arrangements(form: Any) -> Values:
    return {key: form.cleaned_data[key] for key in ("starts_at", "place", "minutes", "panel")}


def _can_reconsider(application: Application) -> bool:
    return can("reconsider")(application) or can("reconsider_interview")(application)


def _offer_text(application: Application) -> str:
    free, open_offers = places_left(application.cohort)
    places = f"{free} of {application.cohort.capacity} places are free, and {open_offers} offers are open."
    end = last_day(offers.end_of_offer(application.cohort))
    warning = (
        " More offers than places: whoever accepts last may find no place and go on the waiting list."
        if open_offers >= free
        else ""
    )
    return f"{places} The offer is open until the end of {end}.{warning}"


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "assign",
            "Assign an assessor",
            lambda a: a.status in TO_REVIEW,
            lambda a, f, by: reviews.assign(application=a, assessor=f.cleaned_data["assessor"], by=by),
            "The assessor was told.",
            told=lambda a, v: [would_tell_assessor(v["assessor"], a.cohort, "reviews_assigned", count=to_score(1))],
            form=AssignForm,
            check=True,
        ),
        Step(
            "shortlist",
            "Shortlist",
            can("shortlist"),
            lambda a, f, by: decisions.shortlist(application=a, by=by, **f.cleaned_data),
            "Shortlisted. The applicant was told.",
            told=decided("shortlist"),
            form=plain(NoteForm),
            target=ApplicationStatus.SHORTLISTED,
            strong=True,
        ),
        Step(
            "hold",
            "Hold in reserve",
            can("hold"),
            lambda a, f, by: decisions.hold(application=a, by=by, **f.cleaned_data),
            "Held in reserve. The applicant was told.",
            told=decided("hold"),
            form=plain(NoteForm),
            target=ApplicationStatus.HELD,
        ),
        Step(
            "invite",
            "Invite to interview",
            can("invite"),
            lambda a, f, by: interviews.invite(application=a, by=by, **_arrangements(f)),
            "Invited. The applicant was told.",
            told=_invited,
            form=InterviewForm,
            check=True,
            target=ApplicationStatus.INTERVIEW,
            strong=True,
        ),
        Step(
            "record",
            "Record the interview",
            can("record_interview"),
            lambda a, f, by: interviews.record(
                interview=arranged(a),
                scores=f.scores(),
                outcome=f.cleaned_data["outcome"],
                note=f.cleaned_data["note"],
                by=by,
            ),
            "The interview is recorded.",
            form=RecordForm,
            target=ApplicationStatus.INTERVIEWED,
            text=lambda a: f"The interview was on {words.when(arranged(a).starts_at)}.",
            strong=True,
        ),
        Step(
            "move-interview",
            "Move the interview",
            can("record_interview"),
            lambda a, f, by: interviews.reschedule(interview=arranged(a), by=by, **_arrangements(f)),
            "The interview was moved. The applicant was told.",
            told=lambda a, v: _invited(a, v, again=True),
            form=InterviewForm,
            check=True,
        ),
        Step(
            "cancel-interview",
            "Cancel the interview",
            can("cancel_interview"),
            lambda a, f, by: interviews.cancel(interview=arranged(a), by=by, **f.cleaned_data),
            "The interview is cancelled. The applicant was told.",
            told=lambda a, v: [would_tell(a, "interview_cancelled", when=words.when(arranged(a).starts_at))],
            form=plain(NoteForm),
            target=ApplicationStatus.SHORTLISTED,
        ),
        Step(
            "offer",
            "Offer a place",
            can("offer"),
            lambda a, f, by: offers.make(application=a, by=by),
            "Offered. The applicant was told.",
            told=lambda a, v: [offers.would_be_offered(application=a)],
            target=ApplicationStatus.OFFERED,
            text=_offer_text,
            strong=True,
        ),
        Step(
            "waiting",
            "Put on the waiting list",
            can("put_on_waiting_list"),
            lambda a, f, by: offers.put_on_waiting_list(application=a, by=by, **f.cleaned_data),
            "On the waiting list. The applicant was told.",
            told=lambda a, v: [would_tell(a, "waiting", place="the place they will have")],
            form=plain(NoteForm),
            target=ApplicationStatus.WAITING,
        ),
        Step(
            "turn-down",
            "Turn down",
            can("turn_down"),
            lambda a, f, by: decisions.turn_down(application=a, by=by, **f.cleaned_data),
            "Turned down. The applicant was told.",
            told=decided("turn_down"),
            form=plain(TurnDownForm),
            check=True,
            target=ApplicationStatus.TURNED_DOWN,
        ),
        Step(
            "reconsider",
            "Take the decision back",
            _can_reconsider,
            lambda a, f, by: decisions.reconsider(application=a, by=by, **f.cleaned_data),
            "The decision was taken back. The applicant was told.",
            told=decided("reconsider"),
            form=plain(ReconsiderForm),
        ),
        Step(
            "employer",
            "Say who the employer is",
            lambda a: a.status not in OVER and a.employer_id is None,
            lambda a, f, by: employers.settle_employer(application=a, by=by, **f.cleaned_data),
            "The employer is settled.",
            form=EmployerForm,
            text=lambda a: f"The applicant typed “{a.employer_name}”, which is not in our list of organisations.",
        ),
    )
}


def _review_told(kind: str) -> Callable[[Review, Values], list[MessagePreview]]:
    def told(review: Review, values: Values) -> list[MessagePreview]:
        more = {"reason": values["reason"]} if "reason" in values else {}
        reference = review.application.reference
        return [would_tell_assessor(review.assessor, review.application.cohort, kind, reference=reference, **more)]

    return told


REVIEW_STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "remove",
            "Take the assessor off",
            lambda r: r.status in REVIEW.steps["remove"].sources,
            lambda r, f, by: reviews.remove(review=r, by=by),
            "Taken off. The assessor was told.",
            told=_review_told("review_removed"),
        ),
        Step(
            "reopen",
            "Open the scores again",
            lambda r: r.status in REVIEW.steps["reopen"].sources and r.application.status in WANTS_SCORES,
            lambda r, f, by: reviews.reopen(review=r, by=by, **f.cleaned_data),
            "The scores are open again. The assessor was told.",
            told=_review_told("review_reopened"),
            form=plain(ReopenForm),
            check=True,
            text=lambda r: "They do not count until they are submitted again.",
        ),
    )
}


def possible_steps(application: Application) -> list[Step]:
    """The buttons on the application's page, as its state stands."""
    return [step for step in STEPS.values() if step.possible(application)]
