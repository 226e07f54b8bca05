"""Who is told what about a qualification. The same list is shown before a button is pressed and sent when it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from cohorts.links import absolute
from modules.models import Assignment, CourseChoice, Registration
from modules.progress import standing_of, todo_of
from modules.rules import counted
from modules.states import AssignmentStatus, CourseStatus
from steppingup.accounts.models import User
from steppingup.formats.english import day_date
from steppingup.messaging.actions import MessagePreview, preview, send_as

PARTICIPANT = "The participant"


@dataclass(frozen=True)
class Notice:
    """One email to a participant about their registration."""

    kind: str
    registration: Registration
    context: dict[str, Any]
    about: models.Model | None = None

    @property
    def to(self) -> User:
        return self.registration.enrolment.participant

    @property
    def related(self) -> Sequence[models.Model]:
        return [self.registration, self.registration.enrolment, self.to]


def previews(notices: Iterable[Notice]) -> list[MessagePreview]:
    """For `components/told.html`."""
    return [preview(kind=n.kind, to=n.to, scopes=n.registration.message_scopes, context=n.context) for n in notices]


def send_all(notices: Iterable[Notice]) -> None:
    """Write them into the outbox, in the caller's transaction."""
    for n in notices:
        send_as(
            kind=n.kind,
            to=n.to,
            about=n.about or n.registration,
            related=n.related,
            scopes=n.registration.message_scopes,
            context=n.context,
            reply_to=n.registration.enrolment.cohort.programme.contact_email,
        )


def _notice(kind: str, registration: Registration, *, about: models.Model | None = None, **more: Any) -> Notice:
    cohort, qualification = registration.enrolment.cohort, registration.qualification
    standing = standing_of(registration)
    context = {
        "qualification": qualification.name,
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "credits": f"{standing.credits_passed} of {qualification.credits} credits",
        "due_on": day_date(registration.due_on),
        "link": absolute("modules:qualification", registration.enrolment_id),
        **more,
    }
    return Notice(f"modules.{kind}", registration, context, about)


def of_registering(registration: Registration) -> list[Notice]:
    qualification = registration.qualification
    asks = f"{qualification.credits} credits, {qualification.courses_in_words}"
    if qualification.has_assignment:
        asks += f", and an assignment of {qualification.pages_in_words}"
    return [_notice("registered", registration, asks=asks)]


def of_choosing(choice: CourseChoice, what: str = "chosen") -> list[Notice]:
    """To a participant for whom somebody else chose or dropped a course."""
    registration = choice.registration
    missing = todo_of(registration)
    return [
        _notice("course_changed", registration, about=choice, course=choice.course.title, what=what, missing=missing)
    ]


RESULTS = {
    "pass": "passed",
    "fail": "not passed yet",
    "correct": "taken back, because it was recorded by mistake",
}
STATUS_AFTER = {
    "pass": CourseStatus.PASSED,
    "fail": CourseStatus.NOT_PASSED,
    "correct": CourseStatus.TAKING,
}


def of_result(choice: CourseChoice, result: str) -> list[Notice]:
    """`result` is the name of the step: pass, fail or correct. Before the button, credits read as they will be."""
    registration, after = choice.registration, {choice.pk: STATUS_AFTER[result]}
    standing = standing_of(registration, after)
    return [
        _notice(
            "result",
            registration,
            about=choice,
            course=choice.course.title,
            course_credits=counted(choice.credits, "credit", "credits"),
            result=RESULTS[result],
            credits=f"{standing.credits_passed} of {registration.qualification.credits} credits",
            missing=todo_of(registration, after),
        )
    ]


def of_submitting(assignment: Assignment) -> list[Notice]:
    pages = counted(assignment.pages, "page", "pages")
    version = str(assignment.version)
    return [_notice("assignment_received", assignment.registration, about=assignment, version=version, pages=pages)]


MARKS = {"pass": "passed", "refer": "to be revised"}


def of_marking(assignment: Assignment, result: str, feedback: str) -> list[Notice]:
    """`result`: pass or refer."""
    return [
        _notice(
            "assignment_marked",
            assignment.registration,
            about=assignment,
            version=str(assignment.version),
            result=MARKS[result],
            feedback=feedback or "None was written.",
        )
    ]


def of_achieving(registration: Registration) -> list[Notice]:
    return [_notice("achieved", registration)]


def of_reopening(registration: Registration, reason: str) -> list[Notice]:
    return [_notice("reopened", registration, reason=reason)]


def of_extending(registration: Registration, before: date, reason: str, *, due_on: str = "") -> list[Notice]:
    """`due_on` stands for the new date while it is not chosen yet."""
    after = due_on or day_date(registration.due_on)
    return [_notice("extended", registration, due_before=day_date(before), due_on=after, reason=reason)]


def of_withdrawing(registration: Registration, reason: str) -> list[Notice]:
    return [_notice("withdrawn", registration, reason=reason or "You asked for it.")]


def of_resuming(registration: Registration) -> list[Notice]:
    return [_notice("resumed", registration, missing=todo_of(registration))]


def due_date_words(registration: Registration) -> dict[str, Any]:
    """The words of the reminder, worked out only when it is really sent."""
    return _notice("due_soon", registration, missing=todo_of(registration)).context


def would_achieve(registration: Registration, *, choice: CourseChoice | None = None, assignment: bool = False) -> bool:
    """Would passing this course, or the assignment, complete the qualification? Then that is told as well."""
    after = {choice.pk: CourseStatus.PASSED} if choice else {}
    passed = assignment or registration.assignments.filter(status=AssignmentStatus.PASSED).exists()
    return standing_of(registration, after).is_reached and (passed or not registration.qualification.has_assignment)
