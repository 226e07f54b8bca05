"""Registering for a qualification, achieving it, giving it up, and more time for it (B39, B46)."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrolment
from modules import telling
from modules.access import lock, require_keeper, require_open, require_own, require_place, words_needed
from modules.models import Extension, Qualification, Registration
from modules.progress import standing_of
from modules.rules import add_months
from modules.states import REGISTRATION, AssignmentStatus, RegistrationStatus
from steppingup.accounts.actors import SYSTEM, Actor, person
from steppingup.formats.english import day_date
from steppingup.history.lifecycle import NotPossible


def _require_none_other(enrolment: Enrolment) -> None:
    other = enrolment.registrations.filter(status=RegistrationStatus.REGISTERED).select_related("qualification").first()
    if other:
        raise NotPossible(f"You are working towards the {other.qualification}. Finish it or withdraw from it first.")


@transaction.atomic
def register(*, enrolment: Enrolment, qualification: Qualification, by: Actor, on: date | None = None) -> Registration:
    """A participant chooses to work towards a qualification of their programme (B39). It is due so many months later,
    at the end of a shorter month (B46). They are told.

    Raises NotPossible for a qualification of another programme, for one they have registered for before, and while they
    work towards another."""
    require_own(by, enrolment)
    Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)
    enrolment.refresh_from_db(fields=["status"])
    require_place(enrolment)
    if qualification.programme_id != enrolment.cohort.programme_id:
        raise NotPossible(f"{qualification} is not offered on {enrolment.cohort.programme}.")
    earlier = enrolment.registrations.filter(qualification=qualification).first()
    if earlier:
        again = " Take it up again instead." if earlier.status == RegistrationStatus.WITHDRAWN else ""
        raise NotPossible(f"You have registered for the {qualification} already.{again}")
    _require_none_other(enrolment)
    today = on or timezone.localdate()
    registration = Registration.objects.create(
        enrolment=enrolment,
        qualification=qualification,
        registered_on=today,
        due_on=add_months(today, qualification.months),
    )
    telling.send_all(telling.of_registering(registration))
    return registration


def why_not_achieved(registration: Registration) -> str:
    """A sentence about what is missing, or nothing (B41, B43)."""
    qualification, standing = registration.qualification, standing_of(registration)
    if not standing.is_reached:
        return (
            f"It takes {qualification.credits} credits in {qualification.courses_in_words}. There are "
            f"{standing.credits_passed} credits in {len(standing.passed)} courses that are passed."
        )
    if qualification.has_assignment and not registration.assignments.filter(status=AssignmentStatus.PASSED).exists():
        return "The assignment is not passed yet."
    return ""


@transaction.atomic
def achieve(*, registration: Registration, by: Actor, on: date | None = None) -> Registration:
    """Record the qualification as achieved. It happens by itself with the last result; the button is for afterwards.

    Raises NotPossible when credits, courses or the assignment are missing."""
    require_keeper(by, registration.enrolment)
    lock(registration)
    REGISTRATION.check(registration, "achieve")
    if missing := why_not_achieved(registration):
        raise NotPossible(missing)
    REGISTRATION.move(registration, "achieve", achieved_on=on or timezone.localdate())
    telling.send_all(telling.of_achieving(registration))
    return registration


def achieve_if_complete(registration: Registration, on: date | None = None) -> bool:
    """After a result: is that all? Called within the transaction of the result."""
    if registration.status != RegistrationStatus.REGISTERED or why_not_achieved(registration):
        return False
    achieve(registration=registration, by=SYSTEM, on=on)
    return True


@transaction.atomic
def reopen(*, registration: Registration, reason: str, by: Actor) -> Registration:
    """The achievement was a mistake: results can be corrected again. The participant is told why."""
    require_keeper(by, registration.enrolment)
    lock(registration)
    REGISTRATION.check(registration, "reopen")
    text = words_needed(reason, "Say why the achievement is undone. The participant reads it.")
    _require_none_other(registration.enrolment)
    REGISTRATION.move(registration, "reopen", achieved_on=None)
    telling.send_all(telling.of_reopening(registration, text))
    return registration


@transaction.atomic
def withdraw(*, registration: Registration, by: Actor, reason: str = "", on: date | None = None) -> Registration:
    """Give the qualification up; results are kept. Staff must say why; the participant need not."""
    require_own(by, registration.enrolment)
    lock(registration)
    REGISTRATION.check(registration, "withdraw")
    if by != registration.enrolment.participant:
        reason = words_needed(reason, "Say why the registration is withdrawn. The participant reads it.")
    REGISTRATION.move(
        registration, "withdraw", withdrawn_on=on or timezone.localdate(), withdrawal_reason=reason.strip()
    )
    telling.send_all(telling.of_withdrawing(registration, reason))
    return registration


@transaction.atomic
def resume(*, registration: Registration, by: Actor) -> Registration:
    """Take up a registration again after withdrawing. Results count as before, and the due date stands."""
    require_own(by, registration.enrolment)
    lock(registration)
    REGISTRATION.check(registration, "resume")
    require_place(registration.enrolment)
    _require_none_other(registration.enrolment)
    REGISTRATION.move(registration, "resume", withdrawn_on=None, withdrawal_reason="")
    telling.send_all(telling.of_resuming(registration))
    achieve_if_complete(registration)
    return registration


@transaction.atomic
def extend(*, registration: Registration, due_on: date, reason: str, by: Actor) -> Extension:
    """Give more time, with the reason (B46). What it was before is kept.

    Raises NotPossible for a day that is not later than the due date, or that is over."""
    require_keeper(by, registration.enrolment)
    lock(registration)
    require_open(registration)
    text = words_needed(reason, "Say why there is more time. The participant reads it.")
    before = registration.due_on
    if due_on <= before:
        raise NotPossible(f"Choose a day after {day_date(before)}, which is the due date now.")
    if due_on < timezone.localdate():
        raise NotPossible("Choose a day that is still to come.")
    registration.due_on = due_on
    registration.save(update_fields=["due_on"])
    extension = Extension.objects.create(
        registration=registration, due_before=before, due_after=due_on, reason=text, given_by=person(by)
    )
    telling.send_all(telling.of_extending(registration, before, text))
    return extension
