"""The statuses of a registration for a qualification and of its courses and assignment."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class RegistrationStatus(models.TextChoices):
    REGISTERED = "registered", "Working towards it"
    ACHIEVED = "achieved", "Achieved"
    WITHDRAWN = "withdrawn", "Withdrawn"


REGISTRATION = Lifecycle(
    "registration",
    RegistrationStatus,
    RegistrationStatus.REGISTERED,
    {
        "achieve": move(
            RegistrationStatus.REGISTERED, RegistrationStatus.ACHIEVED, "Record the qualification as achieved"
        ),
        "withdraw": move(RegistrationStatus.REGISTERED, RegistrationStatus.WITHDRAWN, "Withdraw the registration"),
        "resume": move(RegistrationStatus.WITHDRAWN, RegistrationStatus.REGISTERED, "Take up the registration again"),
        "reopen": move(RegistrationStatus.ACHIEVED, RegistrationStatus.REGISTERED, "Undo the achievement"),
    },
    noun="registration",
)


class CourseStatus(models.TextChoices):
    TAKING = "taking", "Taking it"
    PASSED = "passed", "Passed"
    NOT_PASSED = "not_passed", "Not passed yet"
    DROPPED = "dropped", "Dropped"


#: Courses that take one of the places of a registration.
COUNTS = (CourseStatus.TAKING, CourseStatus.PASSED, CourseStatus.NOT_PASSED)
#: Courses with a result.
HAS_RESULT = (CourseStatus.PASSED, CourseStatus.NOT_PASSED)

COURSE_CHOICE = Lifecycle(
    "course choice",
    CourseStatus,
    CourseStatus.TAKING,
    {
        "pass": move((CourseStatus.TAKING, CourseStatus.NOT_PASSED), CourseStatus.PASSED, "Record a pass"),
        "fail": move(CourseStatus.TAKING, CourseStatus.NOT_PASSED, "Record that it is not passed yet"),
        "drop": move((CourseStatus.TAKING, CourseStatus.NOT_PASSED), CourseStatus.DROPPED, "Drop the course"),
        "correct": move((CourseStatus.PASSED, CourseStatus.NOT_PASSED), CourseStatus.TAKING, "Undo the result"),
        "choose_again": move(CourseStatus.DROPPED, CourseStatus.TAKING, "Choose the course again"),
    },
    noun="course",
)


class AssignmentStatus(models.TextChoices):
    SUBMITTED = "submitted", "Handed in"
    PASSED = "passed", "Passed"
    REFERRED = "referred", "Needs revising"
    REPLACED = "replaced", "Replaced by a newer version"


#: Versions that somebody has marked.
MARKED = (AssignmentStatus.PASSED, AssignmentStatus.REFERRED)

ASSIGNMENT = Lifecycle(
    "assignment",
    AssignmentStatus,
    AssignmentStatus.SUBMITTED,
    {
        "pass": move(AssignmentStatus.SUBMITTED, AssignmentStatus.PASSED, "Record a pass"),
        "refer": move(AssignmentStatus.SUBMITTED, AssignmentStatus.REFERRED, "Ask for a revision"),
        "replace": move(AssignmentStatus.SUBMITTED, AssignmentStatus.REPLACED, "Replace this version"),
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


class Comes(models.TextChoices):
    """What a speaker says of a talk."""

    YES = "yes", "Comes"
    NO = "no", "Cannot come"
