"""Who may do something to a registration, its courses and assignments, and when it is possible."""

from cohorts.models import Enrolment
from cohorts.states import HOLDS_A_PLACE
from modules.models import Assignment, CourseChoice, Registration
from modules.permissions import QualificationPermission
from modules.progress import standing_of
from modules.states import AssignmentStatus, RegistrationStatus
from steppingup.accounts.actors import Actor, NotAllowed, System, may, require_colleague
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if

KEEP = QualificationPermission.RUN_QUALIFICATIONS
Record = Registration | CourseChoice | Assignment


def registration_of(record: Record) -> Registration:
    return record if isinstance(record, Registration) else record.registration


# -- who ---------------------------------------------------------------------------------------------


def require_participant(by: Actor, record: Record | Enrolment) -> None:
    """The participant alone: whether to work towards a qualification is their own choice (B39). Raises NotAllowed."""
    if by != record.participant and not isinstance(by, System):
        raise NotAllowed(f"{by} may not decide this for {record.participant}.")


def require_own(by: Actor, record: Record) -> None:
    """The participant, or staff who keep qualifications for the cohort. Raises NotAllowed."""
    if by != record.participant and not may(by, KEEP, record):
        raise NotAllowed(f"{by} may not change the qualification of {record.participant}.")


def require_somebody_else(by: Actor, record: Record) -> None:
    """Raises OwnRecord for the participant."""
    require_colleague(by, record.participant, "You cannot record your own results. Ask a colleague.")


# -- when --------------------------------------------------------------------------------------------


def require_place(enrolment: Enrolment) -> None:
    """Raises NotPossible for somebody who has left the programme."""
    refuse_if(
        enrolment.status not in HOLDS_A_PLACE,
        "This is possible only for somebody who holds a place on the programme.",
        "no_place",
    )


def require_open(record: Record) -> None:
    """Somebody works towards it now. Raises NotPossible with what stands in the way."""
    registration = registration_of(record)
    refuse_if(
        registration.status == RegistrationStatus.ACHIEVED,
        "The qualification has been achieved, so it can no longer be changed.",
        "achieved",
    )
    refuse_if(
        registration.status == RegistrationStatus.WITHDRAWN,
        "The registration has been withdrawn. Take it up again first.",
        "withdrawn",
    )
    require_place(registration.enrolment)


def require_no_other(enrolment: Enrolment) -> None:
    """One qualification at a time. Raises NotPossible while another is under way."""
    other = Registration.objects.under_way().filter(enrolment=enrolment).select_related("qualification").first()
    if other:
        sentence = f"You are working towards the {other.qualification}. Finish it or withdraw from it first."
        raise NotPossible(sentence, "another")


def require_none_under_way(registration: Registration) -> None:
    """What was ended can be taken up again, while nothing else was begun. Raises NotPossible."""
    require_no_other(registration.enrolment)


def require_resumable(registration: Registration) -> None:
    require_place(registration.enrolment)
    require_none_under_way(registration)


def why_not_achieved(registration: Registration) -> str:
    """A sentence about what is missing, or nothing (B41, B43)."""
    qualification, standing = registration.qualification, standing_of(registration)
    if not standing.is_reached:
        return (
            f"It takes {qualification.credits} credits in {qualification.courses_in_words}. There are "
            f"{standing.credits_passed} credits in {len(standing.passed)} courses that are passed."
        )
    if qualification.has_assignment and not registration.assignments.filter(status=AssignmentStatus.PASSED).exists():
        return "The assignment has not passed yet."
    return ""


def require_complete(registration: Registration) -> None:
    """Credits, courses and assignment are all there. Raises NotPossible with what is missing."""
    refuse(why_not_achieved(registration), "incomplete")


# -- what every step does first ----------------------------------------------------------------------


def lock(registration: Registration) -> Registration:
    """Lock the row, so that what follows sees one state, and bring the object's status and dates up to date.

    No key is changed, so whoever writes a row that refers to it (a course, an email) need not wait."""
    locked = Registration.objects.select_for_update(of=("self",), no_key=True).get(pk=registration.pk)
    for name in ("status", "due_on", "achieved_on", "withdrawn_on"):
        setattr(registration, name, getattr(locked, name))
    return registration


def lock_open(record: Record) -> Registration:
    """The registration, locked. Raises NotPossible when it is not under way any more."""
    registration = lock(registration_of(record))
    require_open(registration)
    return registration
