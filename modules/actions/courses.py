"""Choosing and dropping courses, and their results (B41, B42)."""

from datetime import date
from typing import Any

from django import forms

from modules import notices
from modules.actions.registrations import achieve_if_complete
from modules.models import Course, CourseChoice, Registration
from modules.policies import KEEP, lock_open, require_open, require_own, require_somebody_else
from modules.progress import choices_of, offered_besides
from modules.rules import Verdict, check_adding
from modules.states import COUNTS, COURSE_CHOICE, CourseStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.formats.english import day_date
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if
from steppingup.steps.dates import EventDate, event_day
from steppingup.steps.step import ChosenFrom, StepForm, Weight, asking, step


class DeadEnd(NotPossible):
    """The course could be chosen, but then the credits are out of reach. Ask again, with `anyway=True`."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "dead_end", field="anyway")


def verdict_on(registration: Registration, course: Course) -> Verdict:
    """What the rules say about adding this course now: why it is refused, or why it is unwise."""
    chosen = choices_of(registration)
    others = offered_besides(registration, chosen)
    # What could be chosen besides it: one course less of so many credits, whichever it is.
    if course.is_offered and course.credits in others:
        others.remove(course.credits)
    target = registration.qualification.target
    return check_adding(target, [choice.credits for choice in chosen], course.credits, others)


@step(
    Registration,
    "Choose a course",
    past="Course chosen",
    story="A course was chosen",
    meaning="Its credits are now fixed, even if the catalogue changes.",
    guard=require_own,
    policy=require_open,
    form=asking(
        course=ChosenFrom(
            Course,
            lambda registration: Course.objects.offered_by(registration.enrolment.cohort.programme.provider_id),
            label="Course",
        ),
        anyway=forms.BooleanField(label="Choose it even if that puts the credits out of reach", required=False),
    ),
    back_by=KEEP,
)
def choose_course(*, registration: Registration, course: Course, by: Actor, anyway: bool = False) -> CourseChoice:
    """Choose a course that is on offer; its credits are fixed now. When somebody else chooses, the participant is told.

    Raises NotPossible when it is chosen already, not on offer, or one too many; DeadEnd when the credits could then not
    be reached any more, unless `anyway`."""
    lock_open(registration)
    refuse_if(
        course.provider_id != registration.enrolment.cohort.programme.provider_id
        or not (course.is_offered and course.is_current),
        f"“{course.title}” is not on offer at the moment. Choose another course.",
        "not_offered",
        field="course",
    )
    # In whichever version, also of another code: whoever has the course does not choose it again.
    mine = CourseChoice.objects.filter(registration=registration).select_related("course")
    same = [choice for choice in mine if choice.course.newest() == course]
    counting = [choice for choice in same if choice.status in COUNTS]
    earlier = next(iter(counting or [choice for choice in same if choice.course_id == course.pk]), None)
    refuse_if(
        earlier and earlier.status != CourseStatus.DROPPED,
        f"You have already chosen “{course.title}”.",
        "chosen",
        field="course",
    )
    verdict = verdict_on(registration, course)
    refuse(verdict.refused, "too_many")
    if verdict.warning and not anyway:
        raise DeadEnd(verdict.warning)
    # A course that was dropped has its row still (a registration names a course once): it is taken up, at today's credits.
    if earlier:
        choice = COURSE_CHOICE.move(earlier, "choose_again", credits=course.credits, chosen_at=clock.now())
        # Those that are at hand and locked: the emails ask the registration where it stands.
        choice.registration, choice.course = registration, course
    else:
        choice = CourseChoice.objects.create(registration=registration, course=course, credits=course.credits)
    notices.tell_of_choosing(choice, "chosen", by)
    return choice


@step(
    CourseChoice,
    "Drop the course",
    name="drop",
    noun="choice",
    past="Dropped",
    story="A course was dropped",
    meaning="Its credits no longer count. It can be chosen again later.",
    guard=require_own,
    lifecycle=COURSE_CHOICE,
    policy=require_open,
    weight=Weight.DANGER,
    back_by=KEEP,
)
def drop_course(*, choice: CourseChoice, by: Actor) -> CourseChoice:
    """Drop a course that is not passed. When somebody else does, the participant is told."""
    lock_open(choice)
    COURSE_CHOICE.move(choice, "drop", result_on=None, recorded_by=None)
    notices.tell_of_choosing(choice, "dropped", by)
    return choice


class ResultForm(StepForm):
    on = EventDate(label="Date of the result", help_text="Today, or an earlier day since they registered.")


def _record(choice: CourseChoice, result: str, by: Actor, on: date | None) -> CourseChoice:
    """Raises NotPossible for a day in the future or before the registration, or when there is such a result already."""
    registration = lock_open(choice)
    day = event_day(
        on,
        not_before=registration.registered_on,
        because=f"They registered on {day_date(registration.registered_on)}.",
    )
    COURSE_CHOICE.move(choice, result, result_on=day, recorded_by=person(by))
    notices.tell_of_result(choice, result)
    return choice


RESULT: dict[str, Any] = {
    "noun": "choice",
    "permission": KEEP,
    "guard": require_somebody_else,
    "lifecycle": COURSE_CHOICE,
    "policy": require_open,
}


@step(
    CourseChoice,
    "Record a pass",
    name="pass",
    past="Passed",
    story="You passed a course",
    meaning="The credits of the course count. If nothing else is missing, they will have achieved the qualification.",
    form=ResultForm,
    undo="correct",
    bulk=True,
    weight=Weight.STRONG,
    **RESULT,
)
def record_pass(*, choice: CourseChoice, by: Actor, on: date | None = None) -> CourseChoice:
    """A pass on a day (today if none is given). The participant is told. When that was the last thing that was missing,
    the qualification is achieved."""
    _record(choice, "pass", by, on)
    achieve_if_complete(choice.registration)
    return choice


@step(
    CourseChoice,
    "Record “not passed yet”",
    name="fail",
    past="Not passed yet",
    story="You have not passed a course yet",
    meaning="The participant can try again, or drop the course and choose another.",
    form=ResultForm,
    undo="correct",
    bulk=True,
    **RESULT,
)
def record_fail(*, choice: CourseChoice, by: Actor, on: date | None = None) -> CourseChoice:
    """Not passed yet, on a day (today if none is given). The participant is told."""
    return _record(choice, "fail", by, on)


@step(
    CourseChoice,
    "Undo the result",
    name="correct",
    past="Result undone",
    story="A result was taken back",
    meaning="Only for a mistake. Afterwards you can record the right result.",
    **RESULT,
)
def correct(*, choice: CourseChoice, by: Actor) -> CourseChoice:
    """Take back a result that was recorded by mistake. The participant is told."""
    lock_open(choice)
    COURSE_CHOICE.move(choice, "correct", result_on=None, recorded_by=None)
    notices.tell_of_result(choice, "correct")
    return choice
