"""The statuses of a registration for a qualification and of its courses and assignment."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class RegistrationStatus(models.TextChoices):
    REGISTERED = "registered", "Working towards it"
    ACHIEVED = "achieved", "Achieved"
    WITHDRAWN = "withdrawn", "Withdrawn"


R = RegistrationStatus

REGISTRATION = Lifecycle(
    "registration",
    R,
    R.REGISTERED,
    {
        "achieve": move(R.REGISTERED, R.ACHIEVED, "Record the qualification as achieved"),
        "withdraw": move(R.REGISTERED, R.WITHDRAWN, "Withdraw the registration"),
        "resume": move(R.WITHDRAWN, R.REGISTERED, "Take up the registration again"),
        "reopen": move(R.ACHIEVED, R.REGISTERED, "Undo the achievement"),
    },
    noun="registration",
)


class CourseStatus(models.TextChoices):
    TAKING = "taking", "Taking it"
    PASSED = "passed", "Passed"
    NOT_PASSED = "not_passed", "Not passed yet"
    DROPPED = "dropped", "Dropped"


S = CourseStatus
#: Courses that take one of the places of a registration.
COUNTS = (S.TAKING, S.PASSED, S.NOT_PASSED)
#: Courses with a result.
HAS_RESULT = (S.PASSED, S.NOT_PASSED)

COURSE_CHOICE = Lifecycle(
    "course choice",
    S,
    S.TAKING,
    {
        "pass": move((S.TAKING, S.NOT_PASSED), S.PASSED, "Record a pass"),
        "fail": move(S.TAKING, S.NOT_PASSED, "Record that it is not passed yet"),
        "drop": move((S.TAKING, S.NOT_PASSED), S.DROPPED, "Drop the course"),
        "correct": move((S.PASSED, S.NOT_PASSED), S.TAKING, "Undo the result"),
        "choose_again": move(S.DROPPED, S.TAKING, "Choose the course again"),
    },
    noun="course",
)


class AssignmentStatus(models.TextChoices):
    SUBMITTED = "submitted", "Handed in"
    PASSED = "passed", "Passed"
    REFERRED = "referred", "To be revised"
    REPLACED = "replaced", "Replaced by a newer version"


A = AssignmentStatus
#: Versions that somebody has marked.
MARKED = (A.PASSED, A.REFERRED)

ASSIGNMENT = Lifecycle(
    "assignment",
    A,
    A.SUBMITTED,
    {
        "pass": move(A.SUBMITTED, A.PASSED, "Record a pass"),
        "refer": move(A.SUBMITTED, A.REFERRED, "Ask for a revision"),
        "replace": move(A.SUBMITTED, A.REPLACED, "Replace this version"),
    },
    noun="assignment",
)

#: How these look as labels in lists.
REGISTRATION_COLOURS = {
    RegistrationStatus.REGISTERED: "info",
    RegistrationStatus.ACHIEVED: "success",
    RegistrationStatus.WITHDRAWN: "default",
}
COURSE_COLOURS = {
    CourseStatus.TAKING: "info",
    CourseStatus.PASSED: "success",
    CourseStatus.NOT_PASSED: "warning",
    CourseStatus.DROPPED: "default",
}
ASSIGNMENT_COLOURS = {
    AssignmentStatus.SUBMITTED: "warning",
    AssignmentStatus.PASSED: "success",
    AssignmentStatus.REFERRED: "info",
    AssignmentStatus.REPLACED: "default",
}
