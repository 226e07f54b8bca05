"""Places on a cohort: taken, given up, corrected."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone

from cohorts import notices
from cohorts.extensions import when_withdrawn
from cohorts.models import Cohort, Enrolment, LearningAgreement, PeerGroup
from cohorts.permissions import CohortPermission
from cohorts.states import ENROLMENT, CohortStatus, EnrolmentStatus
from steppingup.accounts.actors import Actor, NotAllowed, System, require, require_colleague
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.naming import AsksWhoseName, WhoseName, name_here
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.formats.sameness import address, same_address
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import StepForm, Weight, step

RUN = CohortPermission.RUN_COHORTS
#: What withdrawing says waits so long: whoever notices a slip at once stops it.
GRACE = timedelta(minutes=10)
TAKES_PARTICIPANTS = (CohortStatus.PUBLISHED, CohortStatus.RUNNING)


class NoPlaceLeft(NotPossible):
    """The cohort is full."""


def _line_manager(*, name: str, email: str, participant: User, employer: Organisation) -> User | None:
    """The account of the line manager, found by address or made. Without an address there is none.

    Raises NotPossible when it would be the participant."""
    email = address(email)
    if not email:
        return None
    refuse_if(
        same_address(email, participant.email),
        "A participant cannot be their own line manager. Enter the line manager's own email address.",
        "own_manager",
        field="email",
    )
    found = User.objects.with_address(email)
    if found is None:
        try:
            with transaction.atomic():  # a savepoint: a clash must not end the transaction of the place
                return User.objects.create_user(email, full_name=name.strip()[:150], organisation=employer)
        except IntegrityError:  # made a moment ago for another of their people
            found = User.objects.get(email=email)
    return found


@transaction.atomic
def enrol(
    *,
    cohort: Cohort,
    participant: User,
    employer: Organisation,
    line_manager_name: str,
    line_manager_email: str,
    job_title: str,
    legal_name: str,
    agreement_text: str,
    by: Actor,
) -> Enrolment:
    """Give a person one of the cohort's places and keep the agreement as they signed it (N12, B2).

    The cohort's row is locked while places are counted, so that nobody gets a place that is gone. The participant and
    the line manager (whose account is found by address or made) are welcomed by email.

    Raises NotAllowed unless the participant signs for themselves; NoPlaceLeft when the cohort is full; NotPossible when
    the cohort takes nobody, the person is on it already, or name or text is missing."""
    if not isinstance(by, System) and by != participant:
        raise NotAllowed("People have to sign the learning agreement themselves.")
    legal_name = required(legal_name, "Enter your full legal name to sign the agreement.", "legal_name")
    refuse_if(
        not agreement_text.strip(),
        "There is no learning agreement to sign yet. Please tell the programme's coordinator.",
        "no_agreement",
    )
    # The whole row, not `no_key`: everybody who wants a place here waits, and then counts (200 people, 20 places).
    locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    refuse_if(
        locked.status not in TAKES_PARTICIPANTS,
        f"{locked} is not taking participants: it is “{locked.get_status_display().lower()}”.",
        "not_taking",
    )
    refuse_if(
        Enrolment.objects.filter(cohort=locked, participant=participant).exists(),
        f"{participant} already has, or had, a place on {locked}.",
        "enrolled_already",
    )
    if Enrolment.objects.filter(cohort=locked).holding_a_place().count() >= locked.capacity:
        raise NoPlaceLeft(f"All the places on {locked} are taken.", "no_place")
    manager = _line_manager(
        name=line_manager_name, email=line_manager_email, participant=participant, employer=employer
    )
    enrolment = Enrolment.objects.create(
        participant=participant,
        cohort=locked,
        employer=employer,
        line_manager=manager,
        # The name that was typed stands, so that nobody learns whose an address is.
        manager_name=name_here(manager, line_manager_name) if manager else "",
        job_title=job_title.strip(),
    )
    LearningAgreement.objects.create(
        enrolment=enrolment, text=agreement_text, legal_name=legal_name, signed_by=participant
    )
    notices.welcome(enrolment, cohort)
    notices.welcome_manager(enrolment)
    return enrolment


SAY_WHY = "Say why, so that we can explain it later."


class ReasonForm(StepForm):
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": SAY_WHY},
    )


@step(
    Enrolment,
    "Withdraw from the programme",
    past="Withdrawn",
    story="You left the programme",
    meaning="The place is free again. Mentoring ends, and a registration for a qualification is withdrawn. The days "
    "that were done are kept.",
    permission=RUN,
    lifecycle=ENROLMENT,
    form=ReasonForm,
    grace=GRACE,
    weight=Weight.DANGER,
)
def withdraw(*, enrolment: Enrolment, reason: str, by: Actor) -> Enrolment:
    """A participant leaves; the place is free again. They and their line manager are told, and whoever else has to do
    with them: mentoring ends, a registration for a qualification is withdrawn. Days that were done stay.

    Raises NotPossible without a reason, or when they have completed or left already."""
    reason = required(reason, SAY_WHY)
    ENROLMENT.move(enrolment, "withdraw", withdrawn_at=timezone.now(), withdrawal_reason=reason)
    notices.tell_participant(notices.WITHDRAWN, enrolment, reason=enrolment.withdrawal_reason)
    notices.tell_manager(notices.MANAGER_WITHDRAWN, enrolment)
    when_withdrawn(enrolment, by)
    return enrolment


def _not_ones_own(by: Actor, enrolment: Enrolment) -> None:
    require_colleague(by, enrolment.participant_id, "You cannot choose your own line manager. Ask a colleague.")


class ManagerForm(AsksWhoseName, StepForm):
    """Who the line manager is. Asks whose name to use where the address belongs to an account with another one."""

    name = NameInput(label="Full name", max_length=150)
    email = AddressInput(label="Email address", help_text="They sign in with it to see how their person is getting on.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_whose_name()

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.require_whose_name()
        return self.cleaned_data


def require_on_the_programme(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED,
        "This is possible only while somebody is on the programme.",
        "state",
    )


@step(
    Enrolment,
    "Change the line manager",
    past="Line manager changed",
    meaning="The new line manager gets a welcome email, and sees days, attendance and dates from now on. The previous one "
    "no longer sees anything.",
    permission=RUN,
    guard=_not_ones_own,
    policy=require_on_the_programme,
    form=ManagerForm,
    undo="change_line_manager",
)
def change_line_manager(
    *, enrolment: Enrolment, name: str, email: str, by: Actor, whose_name: str = WhoseName.TYPED
) -> Enrolment:
    """Somebody else is the line manager now: they are welcomed, the one before no longer sees the participant (B31).

    `whose_name` says whether the name that was typed stands here, or that of the account with this address."""
    # Two coordinators at once would each welcome their own manager, and one of them would never see the participant.
    locked = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    manager = _line_manager(name=name, email=email, participant=locked.participant, employer=locked.employer)
    if manager is None:
        raise NotPossible("Enter the new line manager's email address.", "required", field="email")
    refuse_if(
        manager.pk == locked.line_manager_id, f"{locked.manager} is already the line manager.", "same", field="email"
    )
    enrolment.line_manager = manager
    enrolment.manager_name = name_here(manager, name, whose_name)
    enrolment.save(update_fields=["line_manager", "manager_name"])
    notices.welcome_manager(enrolment)
    return enrolment


@transaction.atomic
def correct(*, enrolment: Enrolment, job_title: str, by: Actor) -> Enrolment:
    """Put a participant's job title right."""
    require(by, RUN, enrolment)
    enrolment.job_title = job_title.strip()[:150]
    enrolment.save(update_fields=["job_title"])
    return enrolment


@transaction.atomic
def place_in_group(*, enrolment: Enrolment, peer_group: PeerGroup | None, by: Actor) -> Enrolment:
    """Put a participant into a peer group of their own cohort, or into none (B11)."""
    require(by, RUN, enrolment)
    refuse_if(
        peer_group is not None and peer_group.cohort_id != enrolment.cohort_id,
        f"“{peer_group}” belongs to another cohort.",
        "other_cohort",
    )
    enrolment.peer_group = peer_group
    enrolment.save(update_fields=["peer_group"])
    return enrolment


def why_not_one_person(one: User, other: User) -> str:
    """Two accounts of which one manages the other are two people."""
    for manager, participant in ((one, other), (other, one)):
        if Enrolment.objects.filter(line_manager=manager, participant=participant).exists():
            return f"{manager.email} is the line manager of {participant.email}, so these are two people."
    return ""
