"""What a coordinator can do with one application: each a page that says who will be told what, before it is done."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

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
from applications.queries import place_on_waiting_list, places_left
from applications.states import APPLICATION, OVER, REVIEW, TO_REVIEW, WANTS_SCORES, ApplicationStatus, InterviewStatus
from steppingup.accounts.actors import Actor
from steppingup.accounts.roles import Permission
from steppingup.desk.steps import AdminStep
from steppingup.formats import english
from steppingup.messaging.actions.sending import MessagePreview

Values = dict[str, Any]
DECIDE = Permission.DECIDE_APPLICATIONS


def can(step: str) -> Callable[[Application], bool]:
    """Does the application's state allow the step?"""
    return lambda application: application.status in APPLICATION.moves[step].sources


def stands_at(status: str) -> Callable[[Application], bool]:
    """Was it done before?"""
    return lambda application: application.status == status


def arranged(application: Application) -> Interview:
    """The interview that is to come. Raises Interview.DoesNotExist."""
    for interview in application.interviews.all():
        if interview.status == InterviewStatus.ARRANGED:
            return interview
    raise Interview.DoesNotExist


def decided(step: str) -> Callable[..., list[MessagePreview]]:
    def told(application: Application, values: Values | None = None) -> list[MessagePreview]:
        reason = (values or {}).get("reason", "")
        return decisions.would_be_told(application=application, step=step, reason=reason)

    return told


def _invited(application: Application, values: Values, *, again: bool = False) -> list[MessagePreview]:
    return [interviews.would_be_invited(application=application, again=again, **values)]


def _record(*, application: Application, by: Actor, **values: Any) -> Interview:
    return interviews.record(interview=arranged(application), by=by, **values)


def _move_interview(*, application: Application, by: Actor, **values: Any) -> Interview:
    return interviews.reschedule(interview=arranged(application), by=by, **values)


def _cancel_interview(*, application: Application, by: Actor, **values: Any) -> Interview:
    return interviews.cancel(interview=arranged(application), by=by, **values)


def _can_record(application: Application) -> bool:
    """The interview has begun."""
    return can("record_interview")(application) and arranged(application).starts_at <= timezone.now()


def _can_reconsider(application: Application) -> bool:
    return can("reconsider")(application) or can("reconsider_interview")(application)


def _offer_text(application: Application) -> str:
    free, open_offers = places_left(application.cohort)
    places = offers.places_in_words(application.cohort)
    place = place_on_waiting_list(application) if application.status == ApplicationStatus.WAITING else None
    queue = (
        f" They are at place {place} of the waiting list, so others come before them." if place and place > 1 else ""
    )
    end = last_day(offers.end_of_offer(application.cohort))
    warning = (
        " More offers than places: whoever accepts last may find no place and go on the waiting list."
        if open_offers >= free
        else ""
    )
    return f"{places} The offer is open until the end of {end}.{warning}{queue}"


STEPS = (
    AdminStep(
        *("assign", "Assign an assessor", reviews.assign, "application", DECIDE, lambda a: a.status in TO_REVIEW),
        told=lambda a, v: [would_tell_assessor(v["assessor"], a.cohort, "reviews_assigned", count=to_score(1))],
        form_class=AssignForm,
        check=True,
        done="The assessor was told.",
    ),
    AdminStep(
        *("shortlist", "Shortlist", decisions.shortlist, "application", DECIDE, can("shortlist")),
        told=decided("shortlist"),
        form_class=NoteForm,
        is_done=stands_at(ApplicationStatus.SHORTLISTED),
        done="Shortlisted. The applicant was told.",
        strong=True,
    ),
    AdminStep(
        *("hold", "Hold in reserve", decisions.hold, "application", DECIDE, can("hold")),
        told=decided("hold"),
        form_class=NoteForm,
        is_done=stands_at(ApplicationStatus.HELD),
        done="Held in reserve. The applicant was told.",
    ),
    AdminStep(
        *("invite", "Invite to interview", interviews.invite, "application", DECIDE, can("invite")),
        told=_invited,
        form_class=InterviewForm,
        check=True,
        is_done=stands_at(ApplicationStatus.INTERVIEW),
        done="Invited. The applicant was told.",
        strong=True,
    ),
    AdminStep(
        *("record", "Record the interview", _record, "application", DECIDE, _can_record),
        form_class=RecordForm,
        is_done=stands_at(ApplicationStatus.INTERVIEWED),
        done="The interview is recorded.",
        text=lambda a: f"The interview was on {english.when(arranged(a).starts_at)}.",
        strong=True,
    ),
    AdminStep(
        *("move-interview", "Move the interview", _move_interview, "application", DECIDE, can("record_interview")),
        told=lambda a, v: _invited(a, v, again=True),
        form_class=InterviewForm,
        check=True,
        done="The interview was moved. The applicant was told.",
    ),
    AdminStep(
        *("cancel-interview", "Cancel the interview", _cancel_interview, "application", DECIDE),
        possible=can("cancel_interview"),
        told=lambda a: [would_tell(a, "interview_cancelled", when=english.when(arranged(a).starts_at))],
        form_class=NoteForm,
        is_done=stands_at(ApplicationStatus.SHORTLISTED),
        done="The interview is cancelled. The applicant was told.",
    ),
    AdminStep(
        *("offer", "Offer a place", offers.make, "application", DECIDE, can("offer")),
        told=lambda a: [offers.would_be_offered(application=a)],
        is_done=stands_at(ApplicationStatus.OFFERED),
        done="Offered. The applicant was told.",
        text=_offer_text,
        strong=True,
    ),
    AdminStep(
        *("waiting", "Put on the waiting list", offers.put_on_waiting_list, "application", DECIDE),
        possible=can("put_on_waiting_list"),
        told=lambda a: [would_tell(a, "waiting", place="the place they will have")],
        form_class=NoteForm,
        is_done=stands_at(ApplicationStatus.WAITING),
        done="On the waiting list. The applicant was told.",
    ),
    AdminStep(
        *("turn-down", "Turn down", decisions.turn_down, "application", DECIDE, can("turn_down")),
        told=decided("turn_down"),
        form_class=TurnDownForm,
        check=True,
        is_done=stands_at(ApplicationStatus.TURNED_DOWN),
        done="Turned down. The applicant was told.",
    ),
    AdminStep(
        *("reconsider", "Take the decision back", decisions.reconsider, "application", DECIDE, _can_reconsider),
        told=decided("reconsider"),
        form_class=ReconsiderForm,
        done="The decision was taken back. The applicant was told.",
    ),
    AdminStep(
        *("employer", "Say who the employer is", employers.settle_employer, "application", DECIDE),
        possible=lambda a: a.status not in OVER and a.employer_id is None,
        form_class=EmployerForm,
        done="The employer is settled.",
        text=lambda a: f"The applicant typed “{a.employer_name}”, which is not in our list of organisations.",
    ),
)


def _told_of_removing(review: Review) -> list[MessagePreview]:
    application = review.application
    return [would_tell_assessor(review.assessor, application.cohort, "review_removed", reference=application.reference)]


def _told_of_reopening(review: Review, values: Values) -> list[MessagePreview]:
    about = {"reference": review.application.reference, "reason": values["reason"]}
    return [would_tell_assessor(review.assessor, review.application.cohort, "review_reopened", **about)]


REVIEW_STEPS = (
    AdminStep(
        *("remove", "Take the assessor off", reviews.remove, "review", DECIDE),
        possible=lambda r: r.status in REVIEW.moves["remove"].sources,
        told=_told_of_removing,
        done="Taken off. The assessor was told.",
    ),
    AdminStep(
        *("reopen", "Open the scores again", reviews.reopen, "review", DECIDE),
        possible=lambda r: r.status in REVIEW.moves["reopen"].sources and r.application.status in WANTS_SCORES,
        told=_told_of_reopening,
        form_class=ReopenForm,
        check=True,
        done="The scores are open again. The assessor was told.",
        text="They do not count until they are submitted again.",
    ),
)
