"""Coaching beyond the plan's days needs the employer's support: asked of the line manager by a link, with the days and the cost (B51)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction

from cohorts.actions.coaching import RUN, _colleague, _require_on_it
from cohorts.actions.coaching_needs import money
from cohorts.models import CoachingRequest, Pause
from cohorts.models.coaching import LONGEST, MOST_DAYS
from cohorts.notices import coaching as notices
from cohorts.states import EnrolmentStatus
from cohorts.states.coaching import COACHING, CoachingStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink, User
from steppingup.formats import sameness
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, step

NO_DAYS = f"Enter how many days it goes beyond the plan, in quarters: from 0.25 to {MOST_DAYS}."
NO_REASON = "Say in a sentence why. The participant reads it."


class EmployerForm(StepForm):
    """What they are asked to support."""

    days = forms.DecimalField(
        label="How many days does it go beyond the plan?",
        help_text="In quarters of a day, such as 1.5.",
        min_value=Decimal("0.25"),
        max_value=MOST_DAYS,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_DAYS),
    )
    cost = money("What does it cost the employer, in pounds?", help_text="0 where it is free, or somebody else pays.")
    message = forms.CharField(
        label="What would you like to say to them? (optional)",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coaching: CoachingRequest = self.subject
        if coaching.days_beyond:
            self.initial = {"days": coaching.days_beyond, "cost": coaching.cost, **self.initial}


def _require_employer(coaching: CoachingRequest) -> None:
    enrolment = coaching.enrolment
    _require_on_it(enrolment)
    refuse_if(
        not enrolment.has_employer, f"{enrolment.participant} has no employer who could support it.", "no_employer"
    )
    refuse_if(
        enrolment.line_manager_id is None,
        f"There is no line manager of {enrolment.participant} here. Name one first.",
        "no_manager",
    )


@step(
    CoachingRequest,
    "Ask the employer to support it",
    name="ask_employer",
    noun="coaching",
    past="Employer asked",
    meaning="The line manager gets a link by email, and answers without an account. They read what it is about, the days and the cost, and not the participant’s own words.",
    permission=RUN,
    guard=_colleague,
    lifecycle=COACHING,
    policy=_require_employer,
    form=EmployerForm,
    undo="answer_anew",
)
def ask_employer(
    *, coaching: CoachingRequest, days: Decimal, cost: Decimal, by: Actor, message: str = ""
) -> CoachingRequest:
    """Raises NotPossible for days that are no quarters."""
    refuse_if(days <= 0 or days > MOST_DAYS or days % Decimal("0.25") != 0, NO_DAYS, "quarters", field="days")
    COACHING.move(coaching, "ask_employer", days_beyond=days, cost=cost, **_asked_now(coaching))
    notices.ask_employer(CoachingRequest.objects.for_steps().get(pk=coaching.pk), message=message.strip())
    return coaching


def _asked_now(coaching: CoachingRequest) -> dict[str, Any]:
    return {
        "employer_asked_at": clock.now(),
        "employer_asked_to": coaching.enrolment.manager_address,
        "employer_reminded_at": None,
        "employer_answered_at": None,
        "employer_name": "",
        "employer_words": "",
    }


# -- the employer answers --------------------------------------------------------------------------


def holds(link: TokenLink, coaching: CoachingRequest) -> bool:
    """Is it the link of whoever is the line manager now?"""
    enrolment = coaching.enrolment
    if link.purpose != notices.COACHING_LINK or link.object_id != coaching.pk or not enrolment.line_manager_id:
        return False
    return sameness.address(link.email) == sameness.address(enrolment.manager_address)


def _require_manager(by: Actor, coaching: CoachingRequest) -> str:
    """Who they are, for the record."""
    enrolment = coaching.enrolment
    if isinstance(by, LinkHolder) and holds(by.link, coaching):
        refuse_if(
            not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
            "This link has been replaced or has expired. Please use the link in our latest email.",
            "link",
        )
        return enrolment.manager
    if isinstance(by, User) and by.is_active and by.pk == enrolment.line_manager_id:
        return enrolment.manager
    raise NotAllowed(f"Only the line manager of {enrolment.participant} answers.")


def _answer(coaching: CoachingRequest, move: str, words: str, by: Actor) -> CoachingRequest:
    name = _require_manager(by, coaching)
    _require_on_it(coaching.enrolment)
    given = {"employer_answered_at": clock.now(), "employer_name": name[:150], "employer_words": words.strip()}
    COACHING.move(coaching, move, **given)
    notices.tell_answered(CoachingRequest.objects.for_steps().get(pk=coaching.pk), is_supported=move == "support")
    return coaching


@transaction.atomic
def support(*, coaching: CoachingRequest, by: Actor, words: str = "") -> CoachingRequest:
    """The participant is told, and staff arrange it."""
    return _answer(coaching, "support", words, by)


@transaction.atomic
def refuse(*, coaching: CoachingRequest, words: str, by: Actor) -> CoachingRequest:
    """The participant is told kindly, with the reason; staff look at what else there is."""
    return _answer(coaching, "refuse", required(words, NO_REASON, "words"), by)


# -- the clock -------------------------------------------------------------------------------------


def remind_employers() -> int:
    """By the clock, in the morning: whoever is the line manager now is asked where another was, reminded once, and after as many days
    without an answer as the programme says it waits for staff again. Nobody is written to while the participant pauses. Returns how many were."""
    rows = CoachingRequest.objects.with_employer().filter(enrolment__status=EnrolmentStatus.ENROLLED)
    paused = Pause.objects.on(clock.today()).values("enrolment")
    told = 0
    for pk in list(rows.exclude(enrolment__in=paused).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            told += _remind(pk)
    return told


def _remind(pk: int) -> bool:
    coaching = CoachingRequest.objects.select_for_update(of=("self",)).for_steps().get(pk=pk)
    if coaching.status != CoachingStatus.WITH_EMPLOYER or coaching.employer_asked_at is None:
        return False
    waited, programme = clock.now() - coaching.employer_asked_at, coaching.enrolment.cohort.programme
    if not coaching.enrolment.line_manager_id or waited >= timedelta(days=programme.coaching_answer_days):
        COACHING.move(coaching, "answer_anew")
        return False
    if sameness.address(coaching.employer_asked_to) != sameness.address(coaching.enrolment.manager_address):
        CoachingRequest.objects.filter(pk=pk).update(**_asked_now(coaching))
        notices.ask_employer(coaching, message="")
        return True
    if waited >= timedelta(days=programme.coaching_reminder_days) and coaching.employer_reminded_at is None:
        coaching.employer_reminded_at = clock.now()
        coaching.save(update_fields=["employer_reminded_at"])
        notices.ask_employer(coaching, kind=notices.REMINDER)
        return True
    return False
