"""Choosing and dropping courses, and their results (B41, B42)."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from modules import telling
from modules.access import lock, require_keeper, require_open, require_own
from modules.actions.registrations import achieve_if_complete
from modules.models import Course, CourseChoice, Registration
from modules.progress import choices_of, offered_besides
from modules.rules import Verdict, check_adding
from modules.states import COURSE_CHOICE, CourseStatus
from steppingup.accounts.actors import Actor, person
from steppingup.history.lifecycle import NotPossible


class DeadEnd(NotPossible):
    """The course could be chosen, but then the credits are out of reach. Ask again, with `anyway=True`."""


def verdict_on(registration: Registration, course: Course) -> Verdict:
    """What the rules say about adding this course now: why it is refused, or why it is unwise."""
    chosen = choices_of(registration)
    others = offered_besides(registration, chosen)
    if course.is_offered and course.credits in others:
        others.remove(course.credits)
    target = registration.qualification.target
    return check_adding(target, [choice.credits for choice in chosen], course.credits, others)


def _tell_of_choosing(choice: CourseChoice, what: str, by: Actor) -> None:
    if by != choice.registration.enrolment.participant:
        telling.send_all(telling.of_choosing(choice, what))


@transaction.atomic
def choose_course(*, registration: Registration, course: Course, by: Actor, anyway: bool = False) -> CourseChoice:
    """Choose a course that is on offer; its credits are fixed now. When somebody else chooses, the participant is told.

    Raises NotPossible when it is chosen already, not on offer, or one too many; DeadEnd when the credits could then not
    be reached any more, unless `anyway`."""
    require_own(by, registration.enrolment)
    lock(registration)
    require_open(registration)
    if course.provider_id != registration.enrolment.cohort.programme.provider_id or not course.is_offered:
        raise NotPossible(f"“{course.title}” is not on offer now. Choose another course.")
    earlier = CourseChoice.objects.filter(registration=registration, course=course).first()
    if earlier and earlier.status != CourseStatus.DROPPED:
        raise NotPossible(f"You have chosen “{course.title}” already.")
    verdict = verdict_on(registration, course)
    if verdict.refused:
        raise NotPossible(verdict.refused)
    if verdict.warning and not anyway:
        raise DeadEnd(verdict.warning)
    if earlier:
        choice = COURSE_CHOICE.move(earlier, "choose_again", credits=course.credits, chosen_at=timezone.now())
        choice.registration, choice.course = registration, course
    else:
        choice = CourseChoice.objects.create(registration=registration, course=course, credits=course.credits)
    _tell_of_choosing(choice, "chosen", by)
    return choice


@transaction.atomic
def drop_course(*, choice: CourseChoice, by: Actor) -> CourseChoice:
    """Drop a course that is not passed. It may be chosen again."""
    registration = choice.registration
    require_own(by, registration.enrolment)
    lock(registration)
    require_open(registration)
    COURSE_CHOICE.move(choice, "drop", result_on=None, recorded_by=None)
    _tell_of_choosing(choice, "dropped", by)
    return choice


@transaction.atomic
def record_result(*, choice: CourseChoice, result: str, by: Actor, on: date | None = None) -> CourseChoice:
    """Record “pass” or “fail” on a day (today if none is given). The participant is told. When that was the last thing
    that was missing, the qualification is achieved.

    Raises NotPossible for a day in the future or before the registration, or when there is a result already."""
    if result not in ("pass", "fail"):
        raise ValueError("A result is “pass” or “fail”.")
    registration = choice.registration
    require_keeper(by, registration.enrolment)
    lock(registration)
    require_open(registration)
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise NotPossible("A result cannot be dated in the future.")
    if day < registration.registered_on:
        raise NotPossible("The result is dated before the registration. Check the year.")
    COURSE_CHOICE.move(choice, result, result_on=day, recorded_by=person(by))
    telling.send_all(telling.of_result(choice, result))
    achieve_if_complete(registration)
    return choice


@transaction.atomic
def correct(*, choice: CourseChoice, by: Actor) -> CourseChoice:
    """Take back a result that was recorded by mistake. The participant is told."""
    registration = choice.registration
    require_keeper(by, registration.enrolment)
    lock(registration)
    require_open(registration)
    COURSE_CHOICE.move(choice, "correct", result_on=None, recorded_by=None)
    telling.send_all(telling.of_result(choice, "correct"))
    return choice
