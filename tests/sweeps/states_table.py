"""For each lifecycle: a thing of the world, what else must be true of it in a state, and the action that takes each step.

A way is called as somebody who may. In a state from which the step cannot be taken the action says so (NotPossible);
`quiet` names the states in which it does nothing instead (asked twice, or a clock that passes by), and `other` those in
which the same action rightly takes another step. `inside` marks a step that is taken in the middle of a longer action,
which begins with the step that it names.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.utils import timezone

from applications.actions import applications, decisions, interviews, offers, reviews
from applications.fee import agreement_of
from applications.models import Interview, Offer
from applications.states import DECIDED, ApplicationStatus, InterviewStatus, OfferStatus, Reason, ReviewStatus
from cohorts.actions import certificates, cohorts, completion, enrolments
from cohorts.states import CertificateStatus, EnrolmentStatus
from funding.actions import agreements, bursaries, payments
from funding.models import BursaryRequest, FundingSource
from funding.states import AgreementStatus, BursaryStatus, InvoiceStatus, Route
from funding.telling import AGREEMENT_LINK
from mentoring.actions import matching
from mentoring.states import WAS_CONFIRMED, PairStatus
from modules.actions import assignments, courses, registrations
from modules.states import HAS_RESULT, MARKED, AssignmentStatus, CourseStatus, RegistrationStatus
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.files.actions.files import store
from steppingup.jobs import actions as jobs
from steppingup.jobs.states import STALE, UNFINISHED
from steppingup.messaging.actions import again, delivery
from steppingup.messaging.states import DUE, LEASE, MessageStatus
from tests.factories.cohorts import ParticipantFactory
from tests.files.uploads import pdf, upload
from tests.sweeps.world import World

ANYWHERE = "anywhere"


@dataclass(frozen=True)
class Way:
    call: Callable[[World, Any], Any]
    quiet: Iterable[str] = ()
    other: Iterable[str] = ()
    inside: str = ""


@dataclass(frozen=True)
class Subject:
    """`thing` is its name in the world; `also(world, state)` are the columns that must agree with the state."""

    thing: str
    also: Callable[[World, str], dict[str, Any]]
    ways: dict[str, Way]


def now() -> Any:
    return timezone.now()


def put(thing: Any, state: str, **values: Any) -> Any:
    """Put it into a state without asking anybody. Returns it as the database has it then."""
    model = type(thing)
    with pgtrigger.ignore():
        model.objects.filter(pk=thing.pk).update(status=state, **values)
    return model.objects.get(pk=thing.pk)


# -- applications ----------------------------------------------------------------------------------

S = ApplicationStatus


def application_also(w: World, state: str) -> dict[str, Any]:
    decided = state in DECIDED
    return {
        "submitted_at": None if state == S.DRAFT else now(),
        "decided_at": now() if decided else None,
        "decided_by": w.coordinator if decided else None,
        "reason": Reason.SCORE if state == S.TURNED_DOWN else "",
        "fee_agreement": None if state == S.DRAFT else agreement_of(w.draft),
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
    return {criterion.pk: (3, "") for criterion in w.programme.criteria.all()}


def held(w: World, interview: Interview) -> Any:
    Interview.objects.filter(pk=interview.pk).update(starts_at=now() - timedelta(hours=1))
    interview.refresh_from_db()
    return interviews.record(
        interview=interview, scores=scores(w), outcome=Interview.Outcome.RECOMMEND, by=w.coordinator
    )


def reconsider_after_interview(w: World, application: Any) -> Any:
    arranged(w, application, InterviewStatus.HELD)
    return decisions.reconsider(application=application, note="Looked again.", by=w.coordinator)


def expire(w: World, application: Any) -> Any:
    made(w, application, days=-1)
    return offers.expire_due()


APPLICATION = Subject(
    "draft",
    application_also,
    {
        "submit": Way(lambda w, a: applications.submit(application=a, by=a.applicant, notice_read=True)),
        # A second assessor, or one for an application in reserve, is assigned without a step.
        "start_review": Way(
            lambda w, a: reviews.assign(application=a, assessor=w.other_assessor, by=w.coordinator),
            quiet=(S.IN_REVIEW, S.HELD),
        ),
        "shortlist": Way(lambda w, a: decisions.shortlist(application=a, by=w.coordinator)),
        "hold": Way(lambda w, a: decisions.hold(application=a, by=w.coordinator)),
        "turn_down": Way(lambda w, a: decisions.turn_down(application=a, reason=Reason.SCORE, by=w.coordinator)),
        "reconsider": Way(lambda w, a: decisions.reconsider(application=a, note="Again.", by=w.coordinator)),
        "reconsider_interview": Way(reconsider_after_interview),
        "invite": Way(
            lambda w, a: interviews.invite(
                application=a, starts_at=now() + timedelta(days=3), place="Here", panel="Us", by=w.coordinator
            )
        ),
        "cancel_interview": Way(lambda w, a: interviews.cancel(interview=arranged(w, a), by=w.coordinator)),
        "record_interview": Way(lambda w, a: held(w, arranged(w, a))),
        "offer": Way(lambda w, a: offers.make(application=a, by=w.coordinator)),
        "put_on_waiting_list": Way(lambda w, a: offers.put_on_waiting_list(application=a, by=w.coordinator)),
        "accept": Way(lambda w, a: offers.accept(offer=made(w, a), legal_name="Ada Applicant", by=a.applicant)),
        "decline": Way(lambda w, a: offers.decline(offer=made(w, a), by=a.applicant)),
        "expire": Way(expire, quiet=ANYWHERE),
        "withdraw": Way(lambda w, a: applications.withdraw(application=a, by=a.applicant)),
    },
)


def scored(w: World, review: Any) -> Any:
    for criterion in w.programme.criteria.all():
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
        "step_back": Way(lambda w, r: reviews.step_back(review=r, reason="I know them.", by=r.assessor)),
        "remove": Way(lambda w, r: reviews.remove(review=r, by=w.coordinator)),
        "reopen": Way(lambda w, r: reviews.reopen(review=r, reason="A slip.", by=w.coordinator)),
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
        "cancel": Way(lambda w, i: interviews.cancel(interview=i, by=w.coordinator)),
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
        "decline": Way(lambda w, o: offers.decline(offer=o, by=o.application.applicant), quiet=(F.DECLINED,)),
        "expire": Way(expire_offer, quiet=ANYWHERE),
        "find_no_place": Way(accept_when_full, quiet=(F.ACCEPTED, F.NO_PLACE)),
        "close": Way(
            lambda w, o: offers.put_on_waiting_list(application=o.application, by=w.coordinator), quiet=ANYWHERE
        ),
    },
)

# -- cohorts ---------------------------------------------------------------------------------------


def start(w: World, cohort: Any) -> Any:
    ParticipantFactory(cohort=cohort)
    return cohorts.start(cohort=cohort, by=w.coordinator)


COHORT = Subject(
    "elsewhere",
    lambda w, state: {},
    {
        "publish": Way(lambda w, c: cohorts.publish(cohort=c, by=w.coordinator)),
        "unpublish": Way(lambda w, c: cohorts.unpublish(cohort=c, by=w.coordinator)),
        "start": Way(start),
        "finish": Way(lambda w, c: cohorts.finish(cohort=c, by=w.coordinator)),
        "resume": Way(lambda w, c: cohorts.resume(cohort=c, by=w.coordinator)),
        "cancel": Way(lambda w, c: cohorts.cancel(cohort=c, by=w.coordinator)),
    },
)


def enrolment_also(w: World, state: str) -> dict[str, Any]:
    completed, withdrawn = state == EnrolmentStatus.COMPLETED, state == EnrolmentStatus.WITHDRAWN
    return {
        "completed_at": now() if completed else None,
        "completed_by": w.coordinator if completed else None,
        "withdrawn_at": now() if withdrawn else None,
        "withdrawal_reason": "Moved away." if withdrawn else "",
    }


ENROLMENT = Subject(
    "enrolment",
    enrolment_also,
    {
        "complete": Way(lambda w, e: completion.complete(enrolment=e, by=w.coordinator)),
        "reopen": Way(lambda w, e: completion.undo(enrolment=e, by=w.coordinator)),
        "withdraw": Way(lambda w, e: enrolments.withdraw(enrolment=e, reason="Moved away.", by=w.coordinator)),
    },
)

CERTIFICATE = Subject(
    "certificate",
    lambda w, state: {"revoked_at": now() if state == CertificateStatus.REVOKED else None},
    {"revoke": Way(lambda w, c: certificates.revoke(certificate=c, reason="Misspelt.", by=w.coordinator))},
)

# -- money -----------------------------------------------------------------------------------------


def sponsor(agreement: Any) -> LinkHolder:
    link, _ = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email="s@example.org", days=3)
    return LinkHolder(link)


def requested(agreement: Any) -> BursaryRequest:
    return BursaryRequest.objects.create(agreement=agreement, reason="No budget.")


def pot() -> FundingSource:
    return FundingSource.objects.get(route=Route.BURSARY)


def granted(w: World, agreement: Any, share: int) -> Any:
    return bursaries.grant(
        request=requested(agreement), source=pot(), amount=agreement.cohort.fee / share, reason="Yes.", by=w.finance
    )


def agree(agreement: Any) -> Any:
    details = {"name": "Sam", "job_title": "Head", "purchase_order": "1", "billing_address": "Here"}
    return agreements.agree(agreement=agreement, by=sponsor(agreement), **details)


def ask(agreement: Any) -> Any:
    return agreements.ask(agreement=agreement, sponsor_name="Sam", sponsor_email="s@example.org", by=agreement.person)


A = AgreementStatus
AGREEMENT = Subject(
    "asked",
    lambda w, state: {
        "amount": Decimal(1000),
        "answered_at": now() if state in (A.AGREED, A.BURSARY_ASKED, A.DECLINED) else None,
        "decline_reason": "No." if state == A.DECLINED else "",
    },
    {
        "ask": Way(lambda w, a: ask(a)),
        "take_back": Way(lambda w, a: agreements.take_back(agreement=a, by=a.person)),
        "agree": Way(lambda w, a: agree(a)),
        "settle_internally": Way(lambda w, a: agreements.settle_internally(agreement=a, source=w.fund, by=a.person)),
        "ask_for_bursary": Way(
            lambda w, a: agreements.ask_for_bursary(agreement=a, reason="No budget.", by=sponsor(a))
        ),
        "decline": Way(lambda w, a: agreements.decline(agreement=a, reason="No.", by=sponsor(a))),
        "grant_bursary": Way(lambda w, a: granted(w, a, 1)),
        "grant_part": Way(lambda w, a: granted(w, a, 2)),
        "refuse_bursary": Way(lambda w, a: bursaries.refuse(request=requested(a), reason="No.", by=w.finance)),
        "release": Way(
            lambda w, a: agreements.release(agreement=a, reason="Not needed.", by=a.person), quiet=(A.RELEASED,)
        ),
        # Whoever begins finds what there is already.
        "begin_again": Way(
            lambda w, a: agreements.begin(
                cohort=a.cohort, person=a.person, employer=a.employer, employer_name=a.employer_name, by=a.person
            ),
            quiet=ANYWHERE,
        ),
    },
)


def bursary_also(w: World, state: str) -> dict[str, Any]:
    decided = state in (BursaryStatus.GRANTED, BursaryStatus.REFUSED)
    return {
        "decided_at": now() if decided else None,
        "decided_by": w.finance if decided else None,
        "decision_reason": "So it is." if decided else "",
        "amount": Decimal(1000) if state == BursaryStatus.GRANTED else None,
        "source": pot() if state == BursaryStatus.GRANTED else None,
    }


BURSARY = Subject(
    "bursary",
    bursary_also,
    {
        "grant": Way(
            lambda w, b: bursaries.grant(request=b, source=pot(), amount=Decimal(1000), reason="Yes.", by=w.finance)
        ),
        "refuse": Way(lambda w, b: bursaries.refuse(request=b, reason="No.", by=w.finance)),
        # The sponsor agrees after all; what was decided before stands.
        "withdraw": Way(lambda w, b: agree(b.agreement), quiet=ANYWHERE),
    },
)


def pay(w: World, invoice: Any, amount: Decimal | None = None) -> Any:
    return payments.record(invoice=invoice, amount=amount or invoice.amount, on=timezone.localdate(), by=w.finance)


def take_back(w: World, invoice: Any) -> Any:
    payment = invoice.payments.create(amount=invoice.amount, on=timezone.localdate(), recorded_by=w.finance)
    return payments.take_back(payment=payment, by=w.finance)


INVOICE = Subject(
    "invoice",
    lambda w, state: {"paid_on": timezone.localdate() if state == InvoiceStatus.PAID else None},
    {
        "pay": Way(pay),
        "reopen": Way(take_back, quiet=(InvoiceStatus.ISSUED,)),  # a part payment is taken back
    },
)

# -- mentoring and qualifications ------------------------------------------------------------------


def pair_also(w: World, state: str) -> dict[str, Any]:
    confirmed, ended = state in WAS_CONFIRMED, state == PairStatus.ENDED
    return {
        "confirmed_at": now() if confirmed else None,
        "confirmed_by": w.coordinator if confirmed else None,
        "ended_at": now() if ended else None,
        "ended_by": w.coordinator if ended else None,
        "end_reason": "Over." if ended else "",
    }


PAIR = Subject(
    "other_pair",
    pair_also,
    {
        "confirm": Way(lambda w, p: matching.confirm(pair=p, by=w.coordinator)),
        "drop": Way(lambda w, p: matching.drop(pair=p, by=w.coordinator)),
        "end": Way(lambda w, p: matching.end(pair=p, reason="Over.", by=w.coordinator)),
    },
)


def achieve(w: World, registration: Any) -> Any:
    put(w.choice, CourseStatus.PASSED, result_on=timezone.localdate())
    put(w.assignment, AssignmentStatus.PASSED, marked_at=now(), marked_by=w.coordinator)
    return registrations.achieve(registration=registration, by=w.coordinator)


R = RegistrationStatus
REGISTRATION = Subject(
    "registration",
    lambda w, state: {
        "achieved_on": timezone.localdate() if state == R.ACHIEVED else None,
        "withdrawn_on": timezone.localdate() if state == R.WITHDRAWN else None,
    },
    {
        "achieve": Way(achieve),
        "withdraw": Way(lambda w, r: registrations.withdraw(registration=r, by=w.participant)),
        "resume": Way(lambda w, r: registrations.resume(registration=r, by=w.participant)),
        "reopen": Way(lambda w, r: registrations.reopen(registration=r, reason="A slip.", by=w.coordinator)),
    },
)


def result(w: World, choice: Any, what: str) -> Any:
    return courses.record_result(choice=choice, result=what, by=w.coordinator)


COURSE_CHOICE = Subject(
    "choice",
    lambda w, state: {"result_on": timezone.localdate() if state in HAS_RESULT else None},
    {
        "pass": Way(lambda w, c: result(w, c, "pass")),
        "fail": Way(lambda w, c: result(w, c, "fail")),
        "drop": Way(lambda w, c: courses.drop_course(choice=c, by=w.participant)),
        "correct": Way(lambda w, c: courses.correct(choice=c, by=w.coordinator)),
        "choose_again": Way(
            lambda w, c: courses.choose_course(registration=c.registration, course=c.course, by=w.participant)
        ),
    },
)


def mark(w: World, assignment: Any, what: str) -> Any:
    return assignments.mark_assignment(assignment=assignment, result=what, feedback="Clear.", by=w.coordinator)


def hand_in(w: World, assignment: Any) -> Any:
    rule = w.qualification.file_rule
    paper = store(upload=upload(pdf(3)), rule=rule, by=w.participant)
    return assignments.submit_assignment(registration=assignment.registration, file=paper, by=w.participant)


ASSIGNMENT = Subject(
    "assignment",
    lambda w, state: (
        {"marked_at": now(), "marked_by": w.coordinator} if state in MARKED else {"marked_at": None, "marked_by": None}
    ),
    {
        "pass": Way(lambda w, a: mark(w, a, "pass")),
        "refer": Way(lambda w, a: mark(w, a, "refer")),
        # After a version that is to be revised, or was replaced, comes another one.
        "replace": Way(hand_in, quiet=(AssignmentStatus.REFERRED, AssignmentStatus.REPLACED)),
    },
)

# -- the machine room ------------------------------------------------------------------------------


def lost(w: World, job: Any) -> Any:
    type(job).objects.filter(pk=job.pk).update(heartbeat_at=now() - 2 * STALE, created_at=now())
    return jobs.restart_lost()


RUN = Way(lambda w, j: jobs.run(j.pk), quiet=ANYWHERE)
JOB = Subject(
    "job",
    lambda w, state: {"finished_at": None if state in UNFINISHED else now()},
    {
        "begin": RUN,
        "finish": Way(RUN.call, quiet=ANYWHERE, inside="begin"),
        "fail": Way(RUN.call, quiet=ANYWHERE, inside="begin"),
        "put back": Way(lost, quiet=ANYWHERE),
        "try again": Way(lambda w, j: jobs.try_again(job=j, by=w.superuser)),
    },
)

M = MessageStatus


def message_also(w: World, state: str) -> dict[str, Any]:
    return {
        "sent_at": now() if state == M.SENT else None,
        "sealed": None,
        "next_attempt_at": now() if state in DUE else None,
        "claimed_at": now() - 2 * LEASE,
    }


def give_up(w: World, message: Any) -> Any:
    type(message).objects.filter(pk=message.pk).update(expires_at=now() - timedelta(days=1))
    return delivery.give_up_late()


DELIVER = Way(lambda w, m: delivery.deliver_one(m.pk), quiet=ANYWHERE)
MESSAGE = Subject(
    "message",
    message_also,
    {
        "claim": DELIVER,
        "hand over": Way(DELIVER.call, quiet=ANYWHERE, inside="claim"),
        "record as sent": Way(DELIVER.call, quiet=ANYWHERE, inside="claim"),
        "put off": Way(lambda w, m: delivery.release_lost(), quiet=ANYWHERE),
        "give up": Way(give_up, quiet=ANYWHERE),
        "lose sight": Way(lambda w, m: delivery.release_lost(), quiet=ANYWHERE, other=(M.SENDING,)),
        "send again": Way(lambda w, m: again.send_again(message=m, by=w.coordinator)),
    },
)

SUBJECTS = {
    "application": APPLICATION,
    "review": REVIEW,
    "interview": INTERVIEW,
    "offer": OFFER,
    "cohort": COHORT,
    "enrolment": ENROLMENT,
    "certificate": CERTIFICATE,
    "fee agreement": AGREEMENT,
    "bursary request": BURSARY,
    "invoice": INVOICE,
    "pair": PAIR,
    "registration": REGISTRATION,
    "course choice": COURSE_CHOICE,
    "assignment": ASSIGNMENT,
    "job": JOB,
    "message": MESSAGE,
}
