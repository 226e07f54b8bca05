"""Somebody at the employer confirms that a graduate stepped up: named by the graduate if they wish, asked by a link, and taken back by
the graduate at any time (B58). Nobody else names anybody, and nobody answers for whoever was asked."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from cohorts.actions.destinations import require_live_link, require_own, require_own_or_staff
from cohorts.models import Destination, DestinationAnswer, StepConfirmation
from cohorts.models.confirmations import LONGEST
from cohorts.notices import confirmations as notices
from cohorts.states import EnrolmentStatus
from cohorts.states.confirmations import Confirmed
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed
from steppingup.accounts.naming import is_own_address
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import StepForm, Weight, step

#: So many people can be asked about one moment, one after the other.
MOST_ASKED = 3
NO_NAME, NO_EMAIL = "Enter their name.", "Enter their email address at work."
NO_LEAVE = "Tick that we may ask them. Without it we ask nobody."
NO_ANSWER = "Choose an answer."
OVER = "This is not asked any more. There is nothing more to do."


def standing_of(destination: Destination) -> DestinationAnswer | None:
    """What the graduate has said for this moment, with whoever was asked to confirm it."""
    found = DestinationAnswer.objects.filter(destination=destination, replaced_at=None)
    return found.prefetch_related("confirmations").first()


# -- asking ----------------------------------------------------------------------------------------


class AskForm(StepForm):
    """Only with a tick of their own: nothing is ticked before."""

    name = NameInput(label="Their name", max_length=150, error_messages={"required": NO_NAME})
    email = AddressInput(
        label="Their email address at work",
        help_text="They get one email with a link, one reminder, and need no account.",
        error_messages={"required": NO_EMAIL},
    )
    agrees = forms.BooleanField(
        label="Yes, you may ask them to confirm it",
        error_messages={"required": NO_LEAVE},
    )


def why_nobody(destination: Destination, answer: DestinationAnswer | None) -> str:
    """Why nobody can be asked as things stand; empty where somebody can."""
    if destination.enrolment.status != EnrolmentStatus.COMPLETED:
        return f"{destination.enrolment.participant} is not recorded as having completed."
    if answer is None or not answer.steps:
        return "Only a promotion, or a new grade or band, can be confirmed."
    asked = StepConfirmation.objects.filter(answer__destination=destination).count()
    if asked >= MOST_ASKED:
        return f"{MOST_ASKED} people have been asked about this. We do not ask anybody else."
    return ""


@transaction.atomic
def ask_employer(*, destination: Destination, name: str, email: str, agrees: bool, by: Actor) -> StepConfirmation:
    """Somebody at the employer is written to, with a link that works for 60 days.

    Raises NotPossible without leave, for nothing that can be confirmed, for the graduate's own address, while somebody is asked, and
    after three people."""
    require_own(by, destination)
    require_live_link(by)
    Destination.objects.select_for_update(of=("self",)).get(
        pk=destination.pk
    )  # what they said is not replaced meanwhile
    answer = standing_of(destination)
    stands = answer is not None and answer.confirmation
    refuse_if(stands, "Somebody has been asked already. Withdraw that first.", "already", field="email")
    refuse_if(sentence := why_nobody(destination, answer), sentence, "nothing_to_confirm")
    assert answer is not None
    refuse_if(not agrees, NO_LEAVE, "required", field="agrees")
    name, email = required(name, NO_NAME, "name"), required(email, NO_EMAIL, "email")
    try:
        validate_email(email)
    except ValidationError:
        raise NotPossible(f"“{email}” is not an email address.", "address", field="email") from None
    refuse_if(
        is_own_address(destination.enrolment.participant, email),
        "Nobody confirms it for themselves. Enter the address of somebody else.",
        "own_address",
        field="email",
    )
    made = StepConfirmation.objects.create(answer=answer, name=name, email=email)
    found = StepConfirmation.objects.for_steps().get(pk=made.pk)
    notices.ask(found)
    return found


# -- answering, by the link --------------------------------------------------------------------------


class ConfirmForm(StepForm):
    """One of three, and a sentence for whoever would like to. It begins with what was said before."""

    said = forms.ChoiceField(
        label="Is that right?",
        choices=Confirmed.choices,
        widget=forms.RadioSelect,
        error_messages={"required": NO_ANSWER, "invalid_choice": NO_ANSWER},
    )
    words = forms.CharField(
        label="Is there something that we should know? (optional)",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"Keep it to {LONGEST} characters."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"said": self.subject.said, "words": self.subject.words, **self.initial}


def _require_asked(by: Actor, confirmation: StepConfirmation) -> None:
    is_theirs = (
        isinstance(by, LinkHolder)
        and by.link.purpose == notices.CONFIRMATION_LINK
        and by.link.object_id == confirmation.pk
    )
    if not is_theirs:
        raise NotAllowed(f"{by} was not asked this.")


@transaction.atomic
def confirm(*, confirmation: StepConfirmation, said: str, by: Actor, words: str = "") -> StepConfirmation:
    """What whoever was asked says; said again, the last answer counts. The graduate hears of the first.

    Raises NotPossible for no answer, by a link that does not work any more, and once the question was withdrawn, or the graduate has
    changed what they said."""
    _require_asked(by, confirmation)
    require_live_link(by)
    refuse_if(said not in Confirmed.values, NO_ANSWER, "required", field="said")
    destination = confirmation.answer.destination_id
    Destination.objects.select_for_update(of=("self",)).get(pk=destination)  # nor is what is confirmed
    found = StepConfirmation.objects.for_steps().get(pk=confirmation.pk)
    refuse_if(not found.is_open, OVER, "over")
    is_first = not found.said
    found.said, found.words, found.answered_at = Confirmed(said), words.strip(), clock.now()
    found.save(update_fields=["said", "words", "answered_at"])
    if is_first:
        notices.tell_answered(found)
    return found


# -- taking it back ----------------------------------------------------------------------------------


def _require_asking(destination: Destination) -> None:
    rows = StepConfirmation.objects.standing().filter(answer__destination=destination)
    refuse_if(not rows.exists(), "Nobody is asked to confirm it.", "nobody_confirms")


@step(
    Destination,
    "Do not ask the employer",
    name="withdraw_asking",
    noun="destination",
    past="The employer is not asked",
    story="You withdrew the question to your employer",
    meaning="The link that was sent stops working, and what was answered is not counted in figures any more. Nobody is told.",
    guard=require_own_or_staff,
    policy=_require_asking,
    weight=Weight.DANGER,
    final="The link that was sent does not come back. The graduate can name somebody again, until three people have been asked.",
)
def withdraw_asking(*, destination: Destination, by: Actor) -> Destination:
    """The graduate does not want it confirmed any more. Raises NotPossible where nobody is asked."""
    require_live_link(by)
    # Whoever was asked does not answer meanwhile.
    Destination.objects.select_for_update(of=("self",)).get(pk=destination.pk)
    _require_asking(destination)
    for one in StepConfirmation.objects.standing().filter(answer__destination=destination):
        one.withdrawn_at = clock.now()
        one.save(update_fields=["withdrawn_at"])
        notices.let_go(one, "The graduate withdrew the question.")
    return destination
