"""The table of states: applications, reviews, interviews and offers."""

from datetime import timedelta
from typing import Any

import pgtrigger

from applications.actions import after_interview, decisions, interviews, offers, reviews
from applications.models import Interview, Offer
from applications.states import DECIDED, ApplicationStatus, InterviewStatus, OfferStatus, ReviewStatus
from cohorts.models import RuleSet
from cohorts.states import Selection
from funding.queries import agreement_of
from tests.factories.cohorts import ParticipantFactory
from tests.factories.review import told
from tests.sweeps.ways import ANYWHERE, Subject, Way, now, put
from tests.sweeps.world import World

S = ApplicationStatus


def application_also(w: World, state: str) -> dict[str, Any]:
    decided = state in DECIDED
    return {
        "submitted_at": None if state == S.DRAFT else now(),
        "decided_at": now() if decided else None,
        "decided_by": w.coordinator if decided else None,
        **(told("score") if state == S.TURNED_DOWN else {}),
        "fee_agreement": None if state == S.DRAFT else agreement_of(w.draft.applicant_id, w.draft.cohort_id),
        "enrolment": w.other_enrolment if state == S.ACCEPTED else None,
    }


def arranged(w: World, application: Any, status: str = InterviewStatus.ARRANGED) -> Interview:
    began = now() - timedelta(hours=2)
    interview = Interview.objects.create(application=application, starts_at=began, place="Here", panel="Us")
    if status == InterviewStatus.HELD:
        return put(interview, status, recorded_at=now(), recorded_by=w.coordinator)
    return interview


def made(w: World, application: Any, days: int = 1) -> Offer:
    return Offer.objects.create(application=application, made_by=w.coordinator, expires_at=now() + timedelta(days=days))


def scores(w: World) -> dict[int, tuple[int, str]]:
    return {criterion.pk: (3, "") for criterion in w.rule_set.criteria.all()}


def held(w: World, interview: Interview) -> Any:
    Interview.objects.filter(pk=interview.pk).update(starts_at=now() - timedelta(hours=1))
    interview.refresh_from_db()
    outcome = Interview.Outcome.RECOMMEND
    return interviews.record(application=interview.application, scores=scores(w), outcome=outcome, by=w.coordinator)


def missed(w: World, interview: Interview) -> Any:
    Interview.objects.filter(pk=interview.pk).update(starts_at=now() - timedelta(hours=1))
    interview.refresh_from_db()
    return after_interview.miss(application=interview.application, by=w.coordinator)


def moved(w: World, application: Any) -> Any:
    again = now() + timedelta(days=3)
    return interviews.reschedule(
        application=arranged(w, application).application, starts_at=again, place="There", by=w.coordinator
    )


def reconsider_after_interview(w: World, application: Any) -> Any:
    arranged(w, application, InterviewStatus.HELD)
    return decisions.reconsider(application=application, note="Looked again.", by=w.coordinator)


def reconsider_in_order(w: World, application: Any) -> Any:
    """Where places go in the order of submission."""
    with pgtrigger.ignore("cohorts.RuleSet:chosen_as_told"):
        RuleSet.objects.filter(pk=application.cohort.rule_set_id).update(selection=Selection.FIRST_COME)
    application = type(application).objects.for_steps().get(pk=application.pk)
    return decisions.reconsider(application=application, note="Looked again.", by=w.coordinator)


def expire(w: World, application: Any) -> Any:
    made(w, application, days=-1)
    return offers.expire_due()


APPLICATION = Subject(
    "draft",
    application_also,
    {
        # A second assessor, or one for an application in reserve, is assigned without a step.
        "start_review": Way(
            lambda w, a: reviews.assign(application=a, assessor=w.other_assessor, by=w.coordinator),
            quiet=(S.IN_REVIEW, S.HELD),
        ),
        "reconsider_interview": Way(reconsider_after_interview),
        "reconsider_order": Way(reconsider_in_order),
        "cancel_interview": Way(
            lambda w, a: interviews.cancel(application=arranged(w, a).application, by=w.coordinator)
        ),
        "miss_interview": Way(lambda w, a: missed(w, arranged(w, a))),
        "record_interview": Way(lambda w, a: held(w, arranged(w, a))),
        "move_interview": Way(moved, stays=True),
        "accept": Way(lambda w, a: offers.accept(offer=made(w, a), legal_name="Ada Applicant", by=a.applicant)),
        "decline": Way(lambda w, a: offers.decline(offer=made(w, a), by=a.applicant)),
        "expire": Way(expire, quiet=ANYWHERE),
    },
)


def scored(w: World, review: Any) -> Any:
    for criterion in w.rule_set.criteria.all():
        review.scores.update_or_create(criterion=criterion, defaults={"value": 3})
    return reviews.submit(review=review, by=review.assessor)


REVIEW = Subject(
    "review",
    lambda w, state: (
        {"submitted_at": now(), "total": 3}
        if state == ReviewStatus.SUBMITTED
        else {"submitted_at": None, "total": None}
    ),
    {
        "submit": Way(scored),
    },
)

INTERVIEW = Subject(
    "interview",
    lambda w, state: (
        {"recorded_at": now(), "recorded_by": w.coordinator}
        if state == InterviewStatus.HELD
        else {"recorded_at": None, "recorded_by": None}
    ),
    {
        "record": Way(held),
        "miss": Way(missed),
        "cancel": Way(lambda w, i: interviews.cancel(application=i.application, by=w.coordinator)),
    },
)


def accept(w: World, offer: Any) -> Any:
    return offers.accept(offer=offer, legal_name="Ada Applicant", by=offer.application.applicant)


def accept_when_full(w: World, offer: Any) -> Any:
    cohort = offer.application.cohort
    ParticipantFactory(cohort=cohort)
    type(cohort).objects.filter(pk=cohort.pk).update(capacity=1)
    return accept(w, offer)


def expire_offer(w: World, offer: Any) -> Any:
    Offer.objects.filter(pk=offer.pk).update(expires_at=now() - timedelta(days=1))
    return offers.expire_due()


F = OfferStatus
OFFER = Subject(
    "offer",
    lambda w, state: {"answered_at": None if state == F.MADE else now()},
    {
        "accept": Way(accept, quiet=(F.ACCEPTED, F.NO_PLACE)),
        "expire": Way(expire_offer, quiet=ANYWHERE),
        "find_no_place": Way(accept_when_full, quiet=(F.ACCEPTED, F.NO_PLACE)),
        "close": Way(
            lambda w, o: offers.put_on_waiting_list(application=o.application, by=w.coordinator), quiet=ANYWHERE
        ),
    },
)
