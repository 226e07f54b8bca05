"""What a participant is told about their qualification. The texts are in templates/email/modules/."""

from typing import Any

from modules.models import Assignment, CourseChoice, Registration
from modules.progress import standing_of, todo_of
from modules.states import AssignmentStatus
from steppingup.accounts.actors import Actor
from steppingup.messaging.actions import send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told
from steppingup.messaging.notices import Notice

WHO = Told("The participant", "the participant's page about the qualification")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "qualification": ("the name of the qualification", "ILM Level 5 Certificate in Leadership and Management"),
    "programme": ("the programme", "Stepping Up"),
    "cohort": ("the cohort", "2020"),
    "credits": ("the credits so far, such as “9 of 13 credits”", "9 of 13 credits"),
    "due_on": ("the day by which it must be finished", "12 August 2020"),
    "due_before": ("the former due date", "12 August 2020"),
    "asks": (
        "what the qualification asks for",
        "13 credits, from 3 to 5 courses, and an assignment of 9 to 10 pages",
    ),
    "missing": (
        "what is still to be done, in a sentence",
        "Choose 4 more credits; you can take 2 more courses.",
    ),
    "course": ("the course", "Leading innovation and change"),
    "course_credits": ("its credits", "5 credits"),
    "what": ("“chosen” or “dropped”", "chosen"),
    "version": ("which version it is", "1"),
    "pages": ("how many pages it has", "9 pages"),
    "feedback": ("what the assessor wrote", "A clear account of what you changed, and what it cost you."),
    "reason": ("why", "You were ill in May."),
    "stands": ("what holds all the same, in sentences", "Your place on Stepping Up is not affected."),
}
KINDS = Kinds("modules", WORDS, ("qualification", "programme", "cohort", "credits", "due_on"))
REGISTERED = KINDS.add(
    "registered", "Registered for a qualification", WHO, "asks", samples={"credits": "0 of 13 credits"}
)
COURSE_CHANGED = KINDS.add(
    "course_changed",
    "A course was chosen or dropped for the participant",
    WHO,
    *("course", "what", "missing"),
)
RESULT = KINDS.add(
    "result",
    "The result of a course",
    WHO,
    *("course", "course_credits", "missing"),
    own={"result": ("“passed”, “not passed yet”, or that a result was taken back", "passed")},
)
ASSIGNMENT_RECEIVED = KINDS.add("assignment_received", "The assignment has arrived", WHO, "version", "pages")
ASSIGNMENT_MARKED = KINDS.add(
    "assignment_marked",
    "The assignment has been marked",
    WHO,
    *("version", "feedback"),
    own={"result": ("“passed” or “needs revising”", "passed")},
)
ACHIEVED = KINDS.add("achieved", "The qualification has been achieved", WHO, samples={"credits": "13 of 13 credits"})
REOPENED = KINDS.add(
    "reopened",
    "The achievement was recorded by mistake",
    WHO,
    "reason",
    samples={"reason": "The result of “Leading innovation and change” was somebody else’s."},
)
EXTENDED = KINDS.add(
    "extended",
    "More time for the qualification",
    WHO,
    *("due_before", "reason"),
    samples={"due_on": "12 November 2020"},
)
WITHDRAWN = KINDS.add(
    "withdrawn",
    "The registration has been withdrawn",
    WHO,
    *("reason", "stands"),
    samples={"reason": "You told us that there is no time for it beside your new post."},
)
RESUMED = KINDS.add("resumed", "The registration has been taken up again", WHO, "missing")
DUE_SOON = KINDS.add("due_soon", "The qualification is due soon", WHO, "missing")


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
