"""What a participant is told about their qualification. The texts are in templates/email/modules/."""

from typing import Any

from modules.models import Assignment, CourseChoice, Registration
from modules.progress import standing_of, todo_of
from modules.states import AssignmentStatus
from steppingup.accounts.actors import Actor
from steppingup.messaging.actions import send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind, add_message_kind
from steppingup.messaging.notices import Notice

BASICS = {
    "qualification": "the name of the qualification",
    "programme": "the programme",
    "cohort": "the cohort",
    "credits": "the credits so far, such as “9 of 13 credits”",
    "due_on": "the day by which it must be finished",
    "link": "the participant's page about the qualification",
}
SAMPLES = {
    "qualification": "ILM Level 5 Certificate in Leadership and Management",
    "programme": "Stepping Up",
    "cohort": "2020",
    "credits": "9 of 13 credits",
    "due_on": "12 August 2020",
    "asks": "13 credits, from 3 to 5 courses, and an assignment of 9 to 10 pages",
    "missing": "Choose 4 more credits; you can take 2 more courses.",
    "course": "Leading innovation and change",
    "course_credits": "5 credits",
    "result": "passed",
    "what": "chosen",
    "version": "1",
    "pages": "9 pages",
    "feedback": "A clear account of what you changed, and what it cost you.",
    "reason": "You were ill in May.",
    "due_before": "12 August 2020",
    "stands": "Your place on Stepping Up is not affected.",
}


def _kind(key: str, title: str, **more: str) -> MessageKind:
    return add_message_kind(
        MessageKind(
            f"modules.{key}", title, "The participant", {**BASICS, **more}, button_placeholder="link", samples=SAMPLES
        )
    )


MISSING = "what is still to be done, in a sentence"
REGISTERED = _kind("registered", "Registered for a qualification", asks="what the qualification asks for")
COURSE_CHANGED = _kind(
    "course_changed",
    "A course was chosen or dropped for the participant",
    course="the course",
    what="“chosen” or “dropped”",
    missing=MISSING,
)
RESULT = _kind(
    "result",
    "The result of a course",
    course="the course",
    course_credits="its credits",
    result="“passed”, “not passed yet”, or that a result was taken back",
    missing=MISSING,
)
ASSIGNMENT_RECEIVED = _kind(
    "assignment_received", "The assignment has arrived", version="which version it is", pages="how many pages it has"
)
ASSIGNMENT_MARKED = _kind(
    "assignment_marked",
    "The assignment has been marked",
    version="which version it is",
    result="“passed” or “needs revising”",
    feedback="what the assessor wrote",
)
ACHIEVED = _kind("achieved", "The qualification has been achieved")
REOPENED = _kind("reopened", "The achievement was recorded by mistake", reason="why")
EXTENDED = _kind("extended", "More time for the qualification", due_before="the former due date", reason="why")
WITHDRAWN = _kind(
    "withdrawn", "The registration has been withdrawn", reason="why", stands="what holds all the same, in sentences"
)
RESUMED = _kind("resumed", "The registration has been taken up again", missing=MISSING)
DUE_SOON = _kind("due_soon", "The qualification is due soon", missing=MISSING)


def standing_now(registration: Registration, kind: MessageKind) -> dict[str, str]:
    """What is true of the credits at the moment of writing, and what is still to be done where the kind says it."""
    standing = standing_of(registration)
    found = {
        "credits": f"{standing.credits_passed} of {registration.qualification.credits} credits",
        "link": address("modules:qualification", registration.enrolment_id),
    }
    return {**found, "missing": todo_of(registration, standing=standing)} if "missing" in kind.placeholders else found


def tell(kind: MessageKind, about: Registration | CourseChoice | Assignment, **more: Any) -> None:
    """Tell the participant, with where they stand now."""
    registration = about if isinstance(about, Registration) else about.registration
    related = [registration, registration.enrolment, registration.participant]
    send(Notice(kind, registration.participant, about, {**standing_now(registration, kind), **more}, related=related))


def tell_of_registering(registration: Registration) -> None:
    qualification = registration.qualification
    asks = f"{qualification.credits} credits, {qualification.courses_in_words}"
    if qualification.has_assignment:
        asks += f", and an assignment of {qualification.pages_in_words}"
    tell(REGISTERED, registration, asks=asks)


def tell_of_choosing(choice: CourseChoice, what: str, by: Actor) -> None:
    """Only where somebody else chose or dropped the course."""
    if by != choice.participant:
        tell(COURSE_CHANGED, choice, what=what)


RESULTS = {"pass": "passed", "fail": "not passed yet", "correct": "taken back, because it was recorded by mistake"}


def tell_of_result(choice: CourseChoice, result: str) -> None:
    """`result` is the name of the step: pass, fail or correct."""
    tell(RESULT, choice, result=RESULTS[result])


def tell_of_mark(assignment: Assignment) -> None:
    result = "passed" if assignment.status == AssignmentStatus.PASSED else "needs revising"
    tell(ASSIGNMENT_MARKED, assignment, result=result, feedback=assignment.feedback or "No feedback was written.")
