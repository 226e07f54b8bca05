"""The statuses of a registration for a qualification and of its courses and assignment."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, step


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
        "achieve": step(R.REGISTERED, R.ACHIEVED, "Record the qualification as achieved"),
        "withdraw": step(R.REGISTERED, R.WITHDRAWN, "Withdraw the registration"),
        "resume": step(R.WITHDRAWN, R.REGISTERED, "Take up the registration again"),
        "reopen": step(R.ACHIEVED, R.REGISTERED, "Undo the achievement"),
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
        "pass": step((S.TAKING, S.NOT_PASSED), S.PASSED, "Record a pass"),
        "fail": step(S.TAKING, S.NOT_PASSED, "Record that it is not passed yet"),
        "drop": step((S.TAKING, S.NOT_PASSED), S.DROPPED, "Drop the course"),
        "correct": step((S.PASSED, S.NOT_PASSED), S.TAKING, "Undo the result"),
        "choose_again": step(S.DROPPED, S.TAKING, "Choose the course again"),
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
        "pass": step(A.SUBMITTED, A.PASSED, "Record a pass"),
        "refer": step(A.SUBMITTED, A.REFERRED, "Ask for a revision"),
        "replace": step(A.SUBMITTED, A.REPLACED, "Replace this version"),
    },
    noun="assignment",
)
