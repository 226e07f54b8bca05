"""The table of states: cohorts, places, certificates, mentoring and qualifications."""

from typing import Any

import pgtrigger
from django.utils import timezone

from cohorts.actions import bookings, cohorts, complaints, completion, concerns, directory_sharing, joint, stories
from cohorts.models import CompletionRule
from cohorts.states import CertificateStatus, EnrolmentStatus, JointStatus
from cohorts.states.complaints import ComplaintStatus
from cohorts.states.concerns import ConcernStatus
from cohorts.states.events import CONCERNED, BookingStatus
from mentoring.actions import matching
from mentoring.states import WAS_CONFIRMED, PairStatus
from modules.actions import assignments, courses, registrations
from modules.states import HAS_RESULT, MARKED, AssignmentStatus, CourseStatus, RegistrationStatus
from steppingup.accounts.actors import LinkHolder
from steppingup.files.actions.files import store
from tests.factories.cohorts import ParticipantFactory
from tests.factories.events import link_of
from tests.factories.mentoring import MentorFactory
from tests.files.uploads import pdf, upload
from tests.sweeps.refusals import change
from tests.sweeps.ways import Subject, Way, now, put
from tests.sweeps.world import World


def start(w: World, cohort: Any) -> Any:
    ParticipantFactory(cohort=cohort)
    return cohorts.start(cohort=cohort, by=w.coordinator)


COHORT = Subject(
    "elsewhere",
    lambda w, state: {},
    {"start": Way(start)},
)


def enrolment_also(w: World, state: str) -> dict[str, Any]:
    completed, withdrawn = state == EnrolmentStatus.COMPLETED, state == EnrolmentStatus.WITHDRAWN
    return {
        "not_completed_at": now() if state == EnrolmentStatus.NOT_COMPLETED else None,
        "completed_at": now() if completed else None,
        "completed_by": w.coordinator if completed else None,
        "withdrawn_at": now() if withdrawn else None,
        "withdrawal_reason": "Moved away." if withdrawn else "",
    }


def conclude(w: World, enrolment: Any) -> Any:
    with pgtrigger.ignore():  # frozen since somebody began
        CompletionRule.objects.filter(pk=w.completion_rule.pk).update(minimum=99)
    return completion.conclude(enrolment=enrolment, by=w.coordinator)


ENROLMENT = Subject("enrolment", enrolment_also, {"conclude": Way(conclude)})

CERTIFICATE = Subject(
    "certificate", lambda w, state: {"revoked_at": now() if state == CertificateStatus.REVOKED else None}
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


def move(w: World, pair: Any) -> Any:
    return matching.move(pair=pair, mentor=MentorFactory(programme=w.programme), by=w.coordinator)


PAIR = Subject("other_pair", pair_also, {"move": Way(move)})


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
    {"achieve": Way(achieve)},
)


COURSE_CHOICE = Subject(
    "choice",
    lambda w, state: {"result_on": timezone.localdate() if state in HAS_RESULT else None},
    {
        "choose_again": Way(
            lambda w, c: courses.choose_course(registration=c.registration, course=c.course, by=w.participant)
        ),
    },
)


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
        # After a version that is to be revised, or was replaced, comes another one.
        "replace": Way(hand_in, quiet=(AssignmentStatus.REFERRED, AssignmentStatus.REPLACED)),
    },
)


JOINT = Subject(
    "invitation",
    lambda w, state: {"session": w.visit if state in (JointStatus.ACCEPTED, JointStatus.WITHDRAWN) else None},
    {
        "call_off": Way(
            lambda w, i: joint.call_off(session=w.far_hosted, invitation=i, reason="Snow.", by=w.far_coordinator)
        ),
    },
)

OCCASION = Subject("occasion", lambda w, state: {})


def by_link(action: Any) -> Any:
    return lambda w, booking: action(booking=booking, by=LinkHolder(link_of(booking)))


def _wait(w: World, booking: Any) -> Any:
    """Somebody else has the only place."""
    put(w.waiting_booking, BookingStatus.BOOKED, since=now())
    return by_link(bookings.book)(w, booking)


def _be_told(w: World, booking: Any) -> Any:
    change(w.occasion, starts_at=None, ends_at=None)
    booking.refresh_from_db()
    return by_link(bookings.be_told)(w, booking)


BOOKING = Subject(
    "booking",
    lambda w, state: {"since": now() if state in CONCERNED else None},
    {
        "book": Way(by_link(bookings.book), other=("waiting",)),
        "wait": Way(_wait),
        "be_told": Way(_be_told),
        "move_up": Way(lambda w, booking: bookings.move_up(change(w.occasion, capacity=9)), quiet=BookingStatus.values),
    },
)

OPPORTUNITY = Subject("opportunity", lambda w, state: {})

SHARING = Subject(
    "sharing",
    lambda w, state: {},
    {
        "call_off": Way(
            lambda w, a: directory_sharing.stop_sharing(
                programme=w.far_cohort.programme, agreement=a, reason="A complaint.", by=w.far_coordinator
            )
        ),
    },
)


def heard(name: str) -> Way:
    """By whoever it was written to."""
    return Way(lambda w, c: getattr(concerns, name)(concern=c, by=w.people["confidant"]))


CONCERN = Subject(
    "concern",
    lambda w, state: {"closed_at": now() if state == ConcernStatus.CLOSED else None},
    {name: heard(name) for name in ("look_at", "close", "reopen")},
)

COMPLAINT = Subject(
    "complaint",
    lambda w, state: {
        "acknowledged_on": None if state == ComplaintStatus.RECEIVED else now().date(),
        "closed_at": now() if state == ComplaintStatus.CLOSED else None,
    },
    {
        "acknowledge": Way(lambda w, c: complaints.acknowledge(complaint=c, by=w.coordinator)),
        "answer": Way(lambda w, c: complaints.answer(complaint=c, outcome="Put right.", by=w.coordinator)),
        "reopen": Way(lambda w, c: complaints.reopen(complaint=c, by=w.coordinator)),
    },
)

STORY = Subject(
    "story",
    lambda w, state: {"agreed_at": now(), "agreed_to": w.story.fingerprint},
    {
        "propose": Way(
            lambda w, s: stories.propose(story=s, worded_title="A", worded_text="Now I chair it.", by=w.coordinator)
        ),
        "ask_for_changes": Way(lambda w, s: stories.ask_for_changes(story=s, wish="Shorter.", by=w.participant)),
        "agree": Way(lambda w, s: stories.agree(story=s, words=s.fingerprint, by=w.participant)),
        "take_off": Way(lambda w, s: stories.take_off(story=s, reason="It names a colleague.", by=w.coordinator)),
        "withdraw": Way(lambda w, s: stories.withdraw(story=s, by=w.participant)),
    },
)
