"""Coaching on request: asked for by the participant, answered by staff, noted as it happens (B49, B50). It posts no days."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction

from cohorts.actions.coaching_needs import (
    NO_SESSIONS,
    NO_WORDS,
    NOT_YOURS,
    RequestForm,
    goals_to_name,
    is_own,
    money,
    whole_number,
)
from cohorts.actions.years import require_near
from cohorts.extensions import Stand
from cohorts.models import Coach, CoachingRequest, CoachingSession, Enrolment, Goal
from cohorts.models.coaching import LONGEST, MOST_MINUTES, MOST_SESSIONS
from cohorts.notices import coaching as notices
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from cohorts.states.coaching import COACHING, GOING_ON, CoachingStatus, CoachingTheme
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, may, require_colleague
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.formats.date_fields import ThreeBoxes
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.history.previews import note as say_before
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, asking, step

RUN = CohortPermission.RUN_COHORTS
NO_MINUTES = f"Enter the minutes as a whole number from 1 to {MOST_MINUTES}, such as 60."
NO_DATES, NO_REASON = "Say when it is.", "Say why. The participant reads it."
ASK_FIRST = (
    "Coaching beyond the plan has to be supported by the employer first. Ask the employer for these days and this cost."
)


def _require_own_or_staff(by: Actor, record: Any) -> None:
    """The participant, or whoever runs the cohort for them."""
    enrolment = record if isinstance(record, Enrolment) else record.enrolment
    if not is_own(by, enrolment) and not may(by, RUN, record):
        raise NotAllowed(f"{by} does not ask for coaching of {enrolment.participant}.")


def _require_own(by: Actor, coaching: CoachingRequest) -> None:
    if not is_own(by, coaching.enrolment):
        raise NotAllowed(f"Only {coaching.enrolment.participant} notes their sessions.")


def _colleague(by: Actor, coaching: CoachingRequest) -> None:
    require_colleague(by, coaching.enrolment.participant, "You cannot answer for yourself. Ask a colleague.")


# -- asked for -------------------------------------------------------------------------------------


def _require_on_it(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is not on the programme now.", "left"
    )


@step(
    Enrolment,
    "Ask for coaching",
    name="request_coaching",
    past="Asked for coaching",
    story="You asked for coaching",
    meaning="Those who run the programme look for a coach, and answer by email. The coach is then told who it is for, how to "
    "reach them by email or telephone, and what it is about, and none of the words below.",
    guard=_require_own_or_staff,
    policy=_require_on_it,
    form=RequestForm,
    final="You can end it again on the same page, though.",
    weight=Weight.STRONG,
)
def request_coaching(
    *,
    enrolment: Enrolment,
    theme: str,
    words: str,
    sessions: int,
    by: Actor,
    when: str = "",
    goal: Goal | None = None,
    tells_manager: bool = False,
) -> CoachingRequest:
    """A participant needs coaching; staff find it on their first page. They alone name a goal of their plan, one that is not reached.
    Raises NotPossible for more than the programme allows at a time, and for a goal that is not theirs."""
    Enrolment.objects.locked(enrolment.pk)
    if goal is not None and not is_own(by, enrolment):
        raise NotAllowed(f"Only {enrolment.participant} names a goal of their plan.")
    refuse_if(goal is not None and goal not in goals_to_name(enrolment), NOT_YOURS, "not_yours", field="goal")
    refuse_if(sessions not in range(1, MOST_SESSIONS + 1), NO_SESSIONS, "number", field="sessions")
    words = required(words, NO_WORDS, "words")
    most = enrolment.cohort.programme.coaching_at_once
    refuse_if(
        CoachingRequest.objects.going_on().filter(enrolment=enrolment).count() >= most,
        f"There {'is' if most == 1 else 'are'} {most} already. End one of them first.",
        "too_often",
    )
    return CoachingRequest.objects.create(
        enrolment=enrolment,
        theme=CoachingTheme(theme),
        words=words,
        sessions=sessions,
        when=when.strip(),
        goal=goal,
        tells_manager=tells_manager,
    )


# -- answered --------------------------------------------------------------------------------------


def _coaches(coaching: CoachingRequest) -> Any:
    return Coach.objects.taking().of(coaching.enrolment.cohort.programme.provider_id).order_by("name")


class ArrangeForm(StepForm):
    """With whom, when, and what it costs. What goes beyond the plan is what the employer was asked for."""

    coach = ChosenFrom(
        Coach,
        _coaches,
        said=lambda coach: coach.in_a_line,
        label="With whom?",
        empty_label="Choose",
        error_messages={"required": "Choose the coach."},
    )
    dates = NameInput(
        label="When?",
        help_text="Such as “Tuesdays in March, 2 pm, by video”.",
        max_length=300,
        error_messages={"required": NO_DATES},
    )
    cost = money("What does it cost altogether, in pounds?")
    is_within = forms.BooleanField(
        label="It lies within the days of the programme",
        help_text="If it goes beyond them, leave this empty: the employer has to support it first.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coaching: CoachingRequest = self.subject
        is_supported = coaching.status == CoachingStatus.SUPPORTED
        self.initial = {"cost": coaching.cost, "is_within": not is_supported, **self.initial}


def _who_is_told(coaching: CoachingRequest, **_: Any) -> str:
    manager = f" So is {coaching.enrolment.manager}, only of when it is." if notices.tells_manager(coaching) else ""
    return (
        "The participant is told who, when and how to reach them. The coach is told by email who it is, what it is about and how to reach "
        f"them; one without an address in the register is not, so ring them.{manager}"
    )


@step(
    CoachingRequest,
    "Arrange it with a coach",
    name="arrange",
    noun="coaching",
    past="Arranged",
    story="Your coaching was arranged",
    meaning=_who_is_told,
    permission=RUN,
    guard=_colleague,
    lifecycle=COACHING,
    policy=lambda coaching: _require_on_it(coaching.enrolment),
    form=ArrangeForm,
    weight=Weight.STRONG,
    undo="answer_anew",
    waiting=Waiting(
        lambda rows: rows.to_answer(),
        "participant waits for an answer about coaching",
        "participants wait for an answer about coaching",
        order=41,
    ),
)
def arrange(
    *, coaching: CoachingRequest, coach: Coach, dates: str, cost: Decimal, by: Actor, is_within: bool = False
) -> CoachingRequest:
    """The participant is told who, when and how to reach them; so is the coach, where their address is known. The line manager is told when,
    where the participant wished it or the employer was asked.

    Raises NotPossible beyond the plan's days without the employer's support, or for more than they have supported."""
    dates = required(dates, NO_DATES, "dates")
    refuse_if(
        coach.stopped_on or coach.provider_id != coaching.enrolment.cohort.programme.provider_id,
        "Choose a coach of the register who takes people.",
        "not_taking",
        field="coach",
    )
    if not is_within:
        refuse_if(coaching.status != CoachingStatus.SUPPORTED, ASK_FIRST, "unsupported", field="is_within")
        refuse_if(
            cost > coaching.cost,
            f"The employer supports a cost of {coaching.cost_in_words}. Ask them again for more.",
            "unsupported",
            field="cost",
        )
    days = Decimal(0) if is_within else coaching.days_beyond
    given = {
        "coach": coach,
        "dates": dates,
        "cost": cost,
        "days_beyond": days,
        "answered_at": clock.now(),
        "answer": "",
    }
    COACHING.move(coaching, "arrange", **given)
    notices.tell_arranged(CoachingRequest.objects.for_steps().get(pk=coaching.pk))
    return coaching


def _reason(label: str, *, needed: bool = True) -> Any:
    return asking(
        reason=forms.CharField(
            label=label,
            help_text="The participant reads it.",
            required=needed,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": NO_REASON},
        )
    )


@step(
    CoachingRequest,
    "Decline it",
    name="decline",
    noun="coaching",
    past="Declined",
    story="Your coaching was declined",
    permission=RUN,
    guard=_colleague,
    lifecycle=COACHING,
    form=_reason("Why is it not arranged?"),
    weight=Weight.DANGER,
    undo="reopen",
)
def decline(*, coaching: CoachingRequest, reason: str, by: Actor) -> CoachingRequest:
    reason = required(reason, NO_REASON, "reason")
    COACHING.move(coaching, "decline", answer=reason, answered_at=clock.now())
    notices.tell(notices.DECLINED, coaching, why=reason)
    return coaching


def _part_from_coach(coaching: CoachingRequest, move: str, **given: Any) -> None:
    """The move; a coach with whom it was arranged hears that it is over."""
    before = CoachingRequest.objects.for_steps().get(pk=coaching.pk)
    COACHING.move(coaching, move, **given)
    if before.status == CoachingStatus.ARRANGED:
        notices.tell_coach_ended(before)


@step(
    CoachingRequest,
    "Look for another coach",
    name="answer_anew",
    noun="coaching",
    past="To be answered anew",
    meaning="It waits to be answered again. What the employer has supported does not hold any more: ask again where it goes beyond the plan.",
    permission=RUN,
    guard=_colleague,
    lifecycle=COACHING,
    form=_reason("Why?"),
)
def answer_anew(*, coaching: CoachingRequest, reason: str, by: Actor) -> CoachingRequest:
    """The participant is told."""
    reason = required(reason, NO_REASON, "reason")
    _part_from_coach(coaching, "answer_anew", coach=None, dates="")
    notices.tell(notices.ANEW, coaching, why=reason)
    return coaching


@step(
    CoachingRequest,
    "End it",
    name="end_coaching",
    noun="coaching",
    past="Ended",
    story="Your coaching ended",
    meaning="It is over, or is not wanted any more. Sessions that were noted stay. A coach with whom it is arranged is told, where the register "
    "has their address.",
    guard=_require_own_or_staff,
    lifecycle=COACHING,
    moves=("end",),
    form=_reason("Is there anything to say? (optional)", needed=False),
    weight=Weight.DANGER,
    undo="reopen",
    back_by=RUN,
)
def end(*, coaching: CoachingRequest, by: Actor, reason: str = "") -> CoachingRequest:
    """By the participant, or by staff, of whom the participant hears it."""
    _part_from_coach(coaching, "end", answer=reason.strip(), answered_at=clock.now())
    if not is_own(by, coaching.enrolment):
        notices.tell(notices.ENDED, coaching, why=reason.strip())
    return coaching


@step(
    CoachingRequest,
    "Open it again",
    name="reopen",
    noun="coaching",
    past="Opened again",
    meaning="It waits to be answered. Nobody is told.",
    permission=RUN,
    guard=_colleague,
    lifecycle=COACHING,
    policy=lambda coaching: _require_on_it(coaching.enrolment),
)
def reopen(*, coaching: CoachingRequest, by: Actor) -> CoachingRequest:
    COACHING.move(coaching, "reopen", coach=None, dates="", answer="", answered_at=None)
    return coaching


# -- sessions that were had ------------------------------------------------------------------------


class SessionForm(StepForm):
    on: Any = ThreeBoxes(
        label="When was it?", help_text="For example, 27 3 2020", sentence="Enter a real date, such as 27 3 2020.",
        require_all_fields=False,
    )  # fmt: skip
    minutes = whole_number("How many minutes?", NO_MINUTES, MOST_MINUTES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].error_messages["required"] = "Enter the day of the session."


@transaction.atomic
def note_session(*, coaching: CoachingRequest, on: date, minutes: int, by: Actor) -> CoachingSession:
    """One that the participant had. It posts no days. Raises NotPossible for a day to come, or twice for one day."""
    _require_own(by, coaching)
    found = CoachingRequest.objects.select_for_update(of=("self",)).get(pk=coaching.pk)
    refuse_if(
        found.status not in (CoachingStatus.ARRANGED, CoachingStatus.ENDED), "It is not arranged yet.", "not_begun"
    )
    refuse_if(on > clock.today(), "This day is in the future. Note it once you have had it.", "too_early", field="on")
    require_near(on, coaching.enrolment.cohort)
    refuse_if(minutes not in range(1, MOST_MINUTES + 1), NO_MINUTES, "minutes", field="minutes")
    refuse_if(found.had.filter(on=on).exists(), "A session of this day has been noted already.", "same_day", field="on")
    return CoachingSession.objects.create(coaching=found, on=on, minutes=minutes)


@transaction.atomic
def remove_session(*, session: CoachingSession, by: Actor) -> None:
    """One that was noted by mistake."""
    _require_own(by, session.coaching)
    session.delete()


# -- what follows from elsewhere ---------------------------------------------------------------------


def end_with_place(enrolment: Enrolment, by: Actor) -> None:
    """The participant has left: nothing is arranged any more. A coach without an address is told by whoever arranged it."""
    for coaching in CoachingRequest.objects.for_steps().filter(enrolment=enrolment, status__in=GOING_ON).order_by("pk"):
        if coaching.status == CoachingStatus.ARRANGED and coaching.coach and not coaching.coach.email:
            say_before(f"Coaching with {coaching.coach} ends. We have no address of theirs: tell them yourself.")
        _part_from_coach(coaching, "end", answer="", answered_at=clock.now())


def ask_anew_with_employer(enrolment: Enrolment, employer: Organisation | None, by: Actor) -> None:
    """What another employer was asked, or has supported, does not bind the new one."""
    asked = (CoachingStatus.WITH_EMPLOYER, CoachingStatus.SUPPORTED, CoachingStatus.NOT_SUPPORTED)
    for coaching in CoachingRequest.objects.for_steps().filter(enrolment=enrolment, status__in=asked).order_by("pk"):
        COACHING.move(coaching, "answer_anew", coach=None, dates="")
        notices.tell(notices.ANEW, coaching, why="You have another employer now, who would have to support it.")


def stands(enrolment: Enrolment, viewer: Any) -> list[Stand]:
    """How it stands, on the page before a step."""
    found = CoachingRequest.objects.going_on().filter(enrolment=enrolment).count()
    return [Stand("Coaching", f"{english.counted(found, 'request')} under way")] if found else []
