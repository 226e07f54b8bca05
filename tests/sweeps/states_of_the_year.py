"""The table of states: cohorts, places, certificates, mentoring and qualifications."""

from typing import Any

from django.utils import timezone

from cohorts.actions import certificates, cohorts, completion, enrolments
from cohorts.states import CertificateStatus, EnrolmentStatus
from mentoring.actions import matching
from mentoring.states import WAS_CONFIRMED, PairStatus
from modules.actions import assignments, courses, registrations
from modules.states import HAS_RESULT, MARKED, AssignmentStatus, CourseStatus, RegistrationStatus
from steppingup.files.actions.files import store
from tests.factories.cohorts import ParticipantFactory
from tests.files.uploads import pdf, upload
from tests.sweeps.ways import Subject, Way, now, put
from tests.sweeps.world import World


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
        "withdraw": Way(lambda w, r: registrations.give_up(registration=r, by=w.participant)),
        "resume": Way(lambda w, r: registrations.resume(registration=r, by=w.participant)),
        "reopen": Way(lambda w, r: registrations.reopen(registration=r, reason="A slip.", by=w.coordinator)),
    },
)


def result(w: World, choice: Any, what: str) -> Any:
    return (courses.record_pass if what == "pass" else courses.record_fail)(choice=choice, by=w.coordinator)


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
    mark_as = assignments.pass_assignment if what == "pass" else assignments.refer_assignment
    return mark_as(assignment=assignment, feedback="Clear.", by=w.coordinator)


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
