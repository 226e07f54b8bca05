"""Days of an assignment are confirmed by the host's supervisor, by a link and without an account; staff can do it for them (B10)."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q

from cohorts.actions import days as ledger
from cohorts.models import Enrolment, Placement, PlacementDay, Supervisor
from cohorts.notices import supervising as notices
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, Actor, LinkHolder, NotAllowed, System, may, require_colleague
from steppingup.accounts.models import TokenLink, User
from steppingup.accounts.naming import is_own_address
from steppingup.formats import english
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, Table, Waiting, Weight, asking, step

RUN = CohortPermission.RUN_COHORTS
#: Days that still wait are named again after so long.
AGAIN = timedelta(days=7)
NOT_RIGHT = "Say in a sentence what is not right."


def supervisor_of(placement: Placement) -> Supervisor | None:
    """Whose link works, if anybody's."""
    return Supervisor.objects.for_steps().filter(placement=placement, ended_at=None).first()


def _require_on_it(placement: Placement) -> None:
    refuse_if(
        placement.enrolment.status != EnrolmentStatus.ENROLLED,
        f"{placement.enrolment.participant} is no longer on the programme.",
        "left",
    )


# -- who it is -------------------------------------------------------------------------------------


class SupervisorForm(StepForm):
    """Begins with whoever it is, or with whoever offered the assignment."""

    name = NameInput(label="Name", max_length=150, error_messages={"required": "Enter the name of the supervisor."})
    email = AddressInput(
        label="Email address", error_messages={"required": "Enter the email address of the supervisor."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known, offered = supervisor_of(self.subject), self.subject.opportunity
        if known:
            self.initial = {"name": known.name, "email": known.email, **self.initial}
        elif offered and offered.host_id == self.subject.host_id:
            self.initial = {"name": offered.supervisor_name, "email": offered.supervisor_email, **self.initial}


@step(
    Placement,
    "Send the supervisor their page",
    name="name_supervisor",
    past="Supervisor has their page",
    meaning="They get a link by email, and need no account. A link that somebody had before stops working. The page says whose it is, "
    "and shows the participant’s name, what was agreed and the days that are recorded.",
    permission=RUN,
    guard=lambda by, placement: require_colleague(
        by, placement.enrolment.participant, "You cannot choose your own supervisor. Ask a colleague."
    ),
    policy=_require_on_it,
    form=SupervisorForm,
)
def name_supervisor(*, placement: Placement, name: str, email: str, by: Actor) -> Supervisor:
    """Somebody at the host gets the page of the assignment, by a link. Raises NotPossible for the participant's own address."""
    name = required(name, "Enter the name of the supervisor.", "name")
    email = required(email, "Enter the email address of the supervisor.", "email")
    refuse_if(
        is_own_address(placement.enrolment.participant, email),
        "A participant cannot confirm their own days. Enter somebody else’s address.",
        "own_address",
        field="email",
    )
    supervisor, _ = Supervisor.objects.update_or_create(
        placement=placement,
        defaults={"name": name, "email": email, "named_at": clock.now(), "told_at": None, "ended_at": None},
    )
    notices.tell_named(Supervisor.objects.for_steps().get(pk=supervisor.pk))
    return supervisor


def _require_supervisor(placement: Placement) -> None:
    refuse_if(supervisor_of(placement) is None, "Nobody at the host has a page for this assignment.", "no_supervisor")


@step(
    Placement,
    "End the supervisor’s link",
    name="end_supervisor",
    past="Supervisor’s link ended",
    meaning="Nobody sees or confirms anything by it any more. What was confirmed stays. Nobody is told.",
    permission=RUN,
    guard=lambda by, placement: require_colleague(
        by, placement.enrolment.participant, "You cannot choose your own supervisor. Ask a colleague."
    ),
    policy=_require_supervisor,
    weight=Weight.DANGER,
)
def end_supervisor(*, placement: Placement, by: Actor) -> Placement:
    _require_supervisor(placement)
    supervisor = Supervisor.objects.get(placement=placement)
    supervisor.ended_at = clock.now()
    supervisor.save(update_fields=["ended_at"])
    return placement


# -- confirming ------------------------------------------------------------------------------------


def _holds_link(by: Actor, placement: Placement) -> bool:
    if not isinstance(by, LinkHolder) or by.link.purpose != notices.HOST_LINK:
        return False
    found: Any = by.link.target
    return bool(found and found.placement_id == placement.pk and found.ended_at is None)


def _require_host_or_staff(by: Actor, placement: Placement) -> None:
    """Whoever has the link, or whoever runs the cohort; never the participant."""
    if _holds_link(by, placement):
        return
    if not may(by, RUN, placement):
        raise NotAllowed(f"{by} does not confirm days of {placement.enrolment.participant}.")
    require_colleague(by, placement.enrolment.participant, "You cannot confirm your own days. Ask a colleague.")


def _called(by: Actor) -> str:
    """Whose word it is that the days are right."""
    if isinstance(by, LinkHolder):
        found: Any = by.link.target
        return str(found.name)
    return "the system" if isinstance(by, System) else f"{by}, for the host"


def _require_waiting(placement: Placement) -> None:
    refuse_if(not placement.days.waiting().exists(), "No day waits for being confirmed.", "none_waiting")


def _require_link(by: Actor) -> None:
    refuse_if(
        isinstance(by, LinkHolder) and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )


def _to_say(placement: Placement, by: Actor) -> Any:
    """The days that wait for this one’s word: for whoever has the link, those that were worked at their host."""
    waiting = placement.days.waiting()
    return waiting.of_this_host() if isinstance(by, LinkHolder) else waiting


def _for_staff(rows: Any) -> Any:
    """Assignments with days that wait, and nobody at the host who could know of them."""
    waiting = PlacementDay.objects.waiting()
    nobody = Q(supervisor=None) | Q(supervisor__ended_at__isnull=False)
    of_before = waiting.exclude(pk__in=PlacementDay.objects.of_this_host().values("pk"))
    found = Q(nobody, pk__in=waiting.values("placement")) | Q(pk__in=of_before.values("placement"))
    return rows.filter(found, enrolment__status=EnrolmentStatus.ENROLLED)


class ConfirmForm(StepForm):
    """Asks nothing: shows the days."""

    def table(self, subject: Placement) -> Table:
        rows: list[tuple[str, ...]] = [(day.in_words, day.what or "-") for day in subject.days.waiting()]
        return Table("Days that wait", ("Day", "What they did"), rows)


@step(
    Placement,
    "Confirm the days for the host",
    name="confirm_days",
    past="Days confirmed",
    story="Days of your assignment were confirmed",
    meaning="The days count from now on. Do this when the host has told you that they are right.",
    guard=_require_host_or_staff,
    policy=_require_waiting,
    form=ConfirmForm,
    back_by=RUN,
    waiting=Waiting(
        _for_staff,
        "assignment has days that nobody at the host is asked to confirm",
        "assignments have days that nobody at the host is asked to confirm",
        order=41,
    ),
)
def confirm_days(*, placement: Placement, by: Actor, days: Collection[PlacementDay] | None = None) -> Placement:
    """Days that wait (these, or all) are right, and go to the ledger.

    Raises NotPossible when none waits, for one that cannot count (the date is full by now, all days are used up), and by a link that does
    not work any more."""
    _require_link(by)
    enrolment = Enrolment.objects.locked(placement.enrolment_id)
    waiting = _to_say(placement, by).order_by("on")
    if days is not None:
        waiting = waiting.filter(pk__in=[day.pk for day in days])
    found = list(waiting)
    refuse_if(not found, "No day waits for being confirmed.", "none_waiting")
    part = placement.component.same_in(enrolment.cohort.plan_id) or placement.component
    for day in found:
        left = part.days - ledger.done_of(enrolment, part)
        refuse_if(
            day.days > left + ledger.ROUNDING,
            f"All {english.days_counted(part.most, part.noun)} of the assignment have been confirmed already.",
            "all_recorded",
        )
        day.confirmed_at, day.confirmed_by = clock.now(), _called(by)[:150]
        day.save(update_fields=["confirmed_at", "confirmed_by"])
        ledger.post(
            enrolment=enrolment,
            component=part,
            days=day.days,
            on=day.on,
            source=day,
            note=placement.title[:200],
            by=by if isinstance(by, User) else SYSTEM,
        )
    return placement


@step(
    Placement,
    "Say that a day is not right",
    name="object_to",
    past="A day was said not to be right",
    meaning="The day does not count. The participant is told what was said, and can record it again as it was.",
    guard=_require_host_or_staff,
    policy=_require_waiting,
    form=asking(
        day=ChosenFrom(
            PlacementDay,
            lambda placement: placement.days.waiting().select_related("placement__component"),
            label="Which day?",
            error_messages={"required": "Choose the day."},
        ),
        reason=forms.CharField(
            label="What is not right?",
            help_text="The participant reads it.",
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": NOT_RIGHT},
        ),
    ),
    back_by=RUN,
)
def object_to(*, placement: Placement, day: PlacementDay, reason: str, by: Actor) -> Placement:
    """The supervisor, or staff for them, says what is not right about a day that waits. The participant is told."""
    _require_link(by)
    reason = required(reason, NOT_RIGHT)
    Enrolment.objects.locked(placement.enrolment_id)
    found = _to_say(placement, by).filter(pk=day.pk).select_related("placement__enrolment__participant").first()
    if found is None:
        raise NotPossible("This day does not wait for being confirmed any more.", "none_waiting", field="day")
    found.objection = reason
    found.save(update_fields=["objection"])
    notices.tell_not_right(found, _called(by))
    return placement


@transaction.atomic
def answer(
    *, placement: Placement, right: Sequence[PlacementDay], wrong: Sequence[tuple[PlacementDay, str]], by: Actor
) -> Placement:
    """What the supervisor says of several days at once: all of it or nothing."""
    if right:
        confirm_days(placement=placement, days=right, by=by)
    for day, reason in wrong:
        object_to(placement=placement, day=day, reason=reason, by=by)
    return placement


def tell_of_days() -> int:
    """By the clock, in the morning: each supervisor once about all the days that were recorded since they were last written to. Returns
    how many were."""
    told = 0
    for supervisor in Supervisor.objects.working().for_steps():
        since = supervisor.told_at or supervisor.named_at
        waiting = list(
            supervisor.placement.days.waiting().of_this_host().select_related("placement__component").order_by("on")
        )
        is_new = any(day.recorded_at > since or supervisor.told_at is None for day in waiting)
        if not is_new and not (waiting and clock.now() - since > AGAIN):
            continue
        with transaction.atomic():
            notices.tell_of_days(supervisor, waiting)
            supervisor.told_at = clock.now()
            supervisor.save(update_fields=["told_at"])
            told += 1
    return told
