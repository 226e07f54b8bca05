"""Registering for a qualification, achieving it, giving it up, and more time for it (B39, B46)."""

from datetime import date

from django import forms
from django.db.models import Max
from django.utils import timezone

from cohorts.models import Enrolment
from cohorts.planning.bank_holidays import about_deadline
from cohorts.states import HOLDS_A_PLACE
from modules import notices
from modules.models import Extension, Qualification, Registration
from modules.policies import (
    KEEP,
    lock,
    lock_open,
    require_complete,
    require_no_other,
    require_none_under_way,
    require_open,
    require_own,
    require_participant,
    require_place,
    require_resumable,
    require_somebody_else,
    why_not_achieved,
)
from modules.states import REGISTRATION, RegistrationStatus
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, Actor, person
from steppingup.formats.date_fields import DayInput
from steppingup.formats.dates import add_months
from steppingup.formats.english import day_date
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.dates import EventDate, event_day
from steppingup.steps.step import ChosenFrom, StepForm, Weight, asking, step


@step(
    Enrolment,
    "Register for a qualification",
    past="Registered",
    story="You registered for a qualification",
    meaning="You can give it up again at any time, and it does not affect your place on the programme.",
    guard=require_participant,
    policy=require_place,
    form=asking(
        qualification=ChosenFrom(
            Qualification,
            lambda enrolment: enrolment.cohort.programme.qualifications.offered(),
            label="Which qualification?",
        )
    ),
    back_by=KEEP,
)
def register_for(
    *, enrolment: Enrolment, qualification: Qualification, by: Actor, on: date | None = None
) -> Registration:
    """A participant chooses to work towards a qualification of their programme (B39). It is due so many months later,
    at the end of a shorter month (B46). They are told.

    Raises NotPossible for a qualification of another programme or one that is not offered, for one they have registered for before, and while they
    work towards another."""
    Enrolment.objects.locked(enrolment.pk)  # two registrations at once wait for each other here
    # Read again under the lock: they may have left since the page was opened.
    enrolment.refresh_from_db(fields=["status"])
    require_place(enrolment)
    refuse_if(
        qualification.programme_id != enrolment.cohort.programme_id
        or not (qualification.is_offered and qualification.is_current),
        f"{qualification} is not offered on {enrolment.cohort.programme}.",
        "not_offered",
        field="qualification",
    )
    earlier = enrolment.registrations.filter(qualification__key=qualification.key).first()
    if earlier:
        again = " Take it up again instead." if earlier.status == RegistrationStatus.WITHDRAWN else ""
        sentence = f"You have already registered for the {qualification}.{again}"
        raise NotPossible(sentence, "registered", field="qualification")
    require_no_other(enrolment)
    today = on or clock.today()
    due_on = add_months(today, qualification.months)
    registration = Registration.objects.create(
        enrolment=enrolment, qualification=qualification, registered_on=today, due_on=due_on
    )
    notices.tell_of_registering(registration)
    return registration


def _last_day(registration: Registration) -> date:
    """The day on which the last thing happened in a registration: a result, a marked assignment, or registering."""
    results = registration.choices.aggregate(last=Max("result_on"))["last"]
    marked = registration.assignments.aggregate(last=Max("marked_at"))["last"]
    return max(filter(None, (registration.registered_on, results, marked and timezone.localdate(marked))))


def _not_before_the_last(registration: Registration, on: date | None) -> date:
    """Raises NotPossible for a day in the future, or before the last thing that is recorded."""
    last = _last_day(registration)
    return event_day(on, not_before=last, because=f"The last thing recorded for it was on {day_date(last)}.")


@step(
    Registration,
    "Record as achieved",
    past="Achieved",
    story="You achieved the qualification",
    meaning="Credits, courses and assignment are complete. This usually happens automatically with the last result.",
    permission=KEEP,
    guard=require_somebody_else,
    lifecycle=REGISTRATION,
    policy=require_complete,
    form=asking(on=EventDate(label="On which day was it achieved?", help_text="Not before the last result.")),
    undo="reopen",
    weight=Weight.STRONG,
)
def achieve(*, registration: Registration, by: Actor, on: date | None = None) -> Registration:
    """Record the qualification as achieved on a day (today). It happens by itself with the last result, on its day; the button
    is for afterwards.

    Raises NotPossible when credits, courses or the assignment are missing, and for a day in the future or before the last
    result."""
    lock(registration)
    REGISTRATION.move(registration, "achieve", achieved_on=_not_before_the_last(registration, on))
    notices.tell(notices.ACHIEVED, registration)
    return registration


def achieve_if_complete(registration: Registration) -> None:
    """After a result: is that all? Called within the transaction of the result, with the registration locked."""
    if not why_not_achieved(registration):
        achieve(registration=registration, by=SYSTEM, on=_last_day(registration))


class ReasonForm(StepForm):
    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea,
        help_text="The participant will read it.",
        error_messages={"required": "Enter the reason. The participant will read it."},
    )


@step(
    Registration,
    "Undo the achievement",
    past="Reopened",
    story="The achievement was recorded by mistake",
    meaning="Only for a mistake. Afterwards you can correct the results.",
    permission=KEEP,
    guard=require_somebody_else,
    lifecycle=REGISTRATION,
    policy=require_none_under_way,
    explains=True,
    form=ReasonForm,
    undo="achieve",
    weight=Weight.DANGER,
)
def reopen(*, registration: Registration, reason: str, by: Actor) -> Registration:
    """The achievement was a mistake: results can be corrected again. The participant is told why."""
    reason = required(reason, "Say why you are undoing the achievement. The participant will read it.", "reason")
    lock(registration)
    REGISTRATION.move(registration, "reopen", achieved_on=None)
    notices.tell(notices.REOPENED, registration, reason=reason)
    return registration


class GivenUpForm(ReasonForm):
    on = EventDate(label="From which day do they no longer work towards it?", help_text="Not before the last result.")
    field_order = ("on", "reason")


def _withdraw(registration: Registration, reason: str, said: str, on: date | None = None) -> Registration:
    lock(registration)
    REGISTRATION.move(registration, "withdraw", withdrawn_on=on or clock.today(), withdrawal_reason=reason)
    notices.tell(notices.WITHDRAWN, registration, reason=said, stands=_stands(registration))
    return registration


def _stands(registration: Registration) -> str:
    """What the letter says of the place, and of taking it up again: as it is."""
    enrolment = registration.enrolment
    if enrolment.status not in HOLDS_A_PLACE:
        return ""
    place = f"Your place on {enrolment.cohort.programme} is not affected."
    try:
        require_resumable(registration)
    except NotPossible:
        return place
    return f"{place} You can take the qualification up again."


#: What somebody who leaves the programme reads about their qualification.
LEFT = "You are no longer on the programme."


def leave(enrolment: Enrolment, by: Actor) -> None:
    """A participant who leaves the programme leaves the qualification: the registration is withdrawn, results are kept."""
    left = timezone.localdate(enrolment.withdrawn_at)
    for registration in Registration.objects.under_way().filter(enrolment=enrolment).with_everything():
        _withdraw(registration, LEFT, LEFT, max(left, _last_day(registration)))


@step(
    Registration,
    "Withdraw the registration",
    past="Withdrawn",
    story="Your registration was withdrawn",
    meaning="Their place on the programme is not affected. Results are kept, and the registration can be taken up again.",
    permission=KEEP,
    guard=require_somebody_else,
    lifecycle=REGISTRATION,
    form=GivenUpForm,
    undo="resume",
    weight=Weight.DANGER,
)
def withdraw(*, registration: Registration, reason: str, by: Actor, on: date | None = None) -> Registration:
    """The registration ends on a day (today), with the reason that the participant reads; results are kept.

    Raises NotPossible without a reason, and for a day in the future or before the last result."""
    reason = required(reason, "Say why you are withdrawing the registration. The participant will read it.", "reason")
    return _withdraw(registration, reason, reason, _not_before_the_last(registration, on))


@step(
    Registration,
    "Withdraw",
    past="Withdrawn by the participant",
    story="You withdrew from the qualification",
    meaning="Your place on the programme is not affected. We keep your courses and results, so you can take it up again.",
    guard=require_participant,
    lifecycle=REGISTRATION,
    moves=("withdraw",),
    undo="resume",
    weight=Weight.DANGER,
    back_by=KEEP,
    back_guard=require_somebody_else,
)
def give_up(*, registration: Registration, by: Actor) -> Registration:
    """The participant gives the qualification up, and need not say why; results are kept."""
    return _withdraw(registration, "", "You asked for it.")


@step(
    Registration,
    "Take it up again",
    past="Taken up again",
    story="You took the qualification up again",
    meaning="Courses and results count as before, and the due date stays the same.",
    guard=require_own,
    lifecycle=REGISTRATION,
    policy=require_resumable,
    explains=True,
    undo="withdraw",
    weight=Weight.STRONG,
    back_by=KEEP,
    back_guard=require_somebody_else,
)
def resume(*, registration: Registration, by: Actor) -> Registration:
    """Take up a registration again after withdrawing. Results count as before, and the due date stands."""
    lock(registration)
    REGISTRATION.move(registration, "resume", withdrawn_on=None, withdrawal_reason="")
    notices.tell(notices.RESUMED, registration)
    achieve_if_complete(registration)  # the last result may have come before it was given up
    return registration


class ExtendForm(ReasonForm):
    due_on = DayInput(
        label="New due date",
        error_messages={"required": "Choose the new due date."},
    )
    field_order = ["due_on", "reason"]

    def warnings(self, subject: Registration) -> list[str]:
        return about_deadline(self.cleaned_data["due_on"], subject.enrolment.cohort.programme.nation)


@step(
    Registration,
    "Give more time",
    past="More time given",
    story="You were given more time",
    meaning="The due date moves. We keep the old date, with your reason.",
    permission=KEEP,
    guard=require_somebody_else,
    policy=require_open,
    form=ExtendForm,
)
def extend(*, registration: Registration, due_on: date, reason: str, by: Actor) -> Extension:
    """Give more time, with the reason (B46). What it was before is kept.

    Raises NotPossible for a day that is not later than the due date, or that is over."""
    lock_open(registration)
    text = required(reason, "Say why you are giving more time. The participant will read it.", "reason")
    before = registration.due_on
    refuse_if(
        due_on <= before,
        f"Choose a day after {day_date(before)}, which is the current due date.",
        "not_later",
        field="due_on",
    )
    refuse_if(due_on < clock.today(), "Choose a date in the future.", "past", field="due_on")
    registration.due_on = due_on
    registration.save(update_fields=["due_on"])
    extension = Extension.objects.create(
        registration=registration, due_before=before, due_after=due_on, reason=text, given_by=person(by)
    )
    notices.tell(notices.EXTENDED, registration, due_before=day_date(before), reason=text)
    return extension
