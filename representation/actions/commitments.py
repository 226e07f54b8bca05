"""What employers have committed themselves to: approved for publication, withdrawn, asked about, and what becomes of an answer (L10)."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.timezone import localdate

from representation import pledge_notices as notices
from representation.models import Commitment, PledgeQuestion, listed_partners
from representation.models.commitments import EARLIEST, LONGEST_WORDS
from representation.permissions import RepresentationPermission
from representation.states import PledgeAnswer
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, person
from steppingup.accounts.models import TokenLink
from steppingup.formats.date_fields import ThreeBoxes
from steppingup.formats.dates import PAST
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.dates import EventDate, event_day
from steppingup.steps.step import StepForm, Waiting, Weight, asking, step

KEEP = RepresentationPermission.KEEP_PLAN
HOW, NO_ANSWER, NO_DAY = (
    "Write what has been done, or what is still to be done.",
    "Choose how it stands.",
    "Enter the day on which you had kept it.",
)
#: Before this no pledge was kept.
FIRST_DAY = date(EARLIEST, 1, 1)
NO_NAME = "Enter the name of whoever speaks for the employer."
NOT_LISTED = (
    "Nothing of this employer is public: it is not shown in the directory of a published programme. Show it there first, on the "
    "page of the partner."
)


def _words(label: str, otherwise: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST_WORDS,
        error_messages={"required": otherwise},
        widget=forms.Textarea(attrs={"rows": 5}),
    )


# -- what is public ----------------------------------------------------------------------------------


def _require_to_publish(commitment: Commitment) -> None:
    refuse_if(commitment.published_at, "It is approved for publication already.", "public_already")
    is_listed = listed_partners(commitment.provider_id).filter(organisation=commitment.employer_id).exists()
    refuse_if(not is_listed, NOT_LISTED, "not_listed")


def _require_public(commitment: Commitment) -> None:
    refuse_if(commitment.published_at is None, "It is not approved for publication.", "not_approved")


@step(
    Commitment,
    "Approve for publication",
    name="publish_commitment",
    noun="commitment",
    past="Approved for publication",
    meaning="Everybody reads it from now on, on the page of this employer. Until it is withdrawn it stays as it is. Nobody is told.",
    permission=KEEP,
    policy=_require_to_publish,
    explains=True,
    done=lambda commitment: commitment.published_at is not None,
    undo="withdraw_commitment",
    bulk=True,
    weight=Weight.STRONG,
)
def publish_commitment(*, commitment: Commitment, by: Actor) -> Commitment:
    """Raises NotPossible for what is public already, and for an employer that the provider does not list."""
    locked = Commitment.objects.for_steps().select_for_update(of=("self",)).get(pk=commitment.pk)
    _require_to_publish(locked)
    commitment.published_at, commitment.published_by = clock.now(), person(by)
    commitment.save(update_fields=["published_at", "published_by"])
    return commitment


@step(
    Commitment,
    "Withdraw from publication",
    name="withdraw_commitment",
    noun="commitment",
    past="Withdrawn from publication",
    meaning="It is gone from the public pages at once, and can be changed. Nobody is told.",
    permission=KEEP,
    policy=_require_public,
    done=lambda commitment: commitment.published_at is None,
    undo="publish_commitment",
    bulk=True,
    weight=Weight.DANGER,
)
def withdraw_commitment(*, commitment: Commitment, by: Actor) -> Commitment:
    """Raises NotPossible for what is not public."""
    _require_public(commitment)
    commitment.published_at = commitment.published_by = None
    commitment.save(update_fields=["published_at", "published_by"])
    return commitment


# -- how a pledge stands -----------------------------------------------------------------------------


def _require_open(commitment: Commitment) -> None:
    refuse_if(not commitment.is_pledge, "Only of a pledge it is asked whether it was kept.", "no_pledge")
    refuse_if(commitment.is_kept, "It is kept, and its evidence is on record.", "kept_already")


def _keep(commitment: Commitment, evidence: str, on: date) -> None:
    commitment.evidence, commitment.evidence_on = evidence, on
    commitment.said, commitment.said_on = "", None
    commitment.save(update_fields=["evidence", "evidence_on", "said", "said_on"])


@step(
    Commitment,
    "Record that it was kept",
    name="record_evidence",
    noun="commitment",
    past="Recorded that it was kept",
    meaning="It stands as kept from now on, with its evidence; where the pledge is public, this is public too. Nobody is told.",
    permission=KEEP,
    policy=_require_open,
    form=asking(
        evidence=_words("What shows that it was kept?", "Say what shows that it was kept."),
        on=EventDate(label="On which day had it been kept?"),
    ),
)
def record_evidence(*, commitment: Commitment, evidence: str, by: Actor, on: date | None = None) -> Commitment:
    """A pledge is kept by evidence with a day. Raises NotPossible without words, for a day to come, for what is no pledge or kept."""
    _require_open(commitment)
    _keep(
        commitment,
        required(evidence, "Say what shows that it was kept.", "evidence"),
        event_day(on, not_before=commitment.since or FIRST_DAY),
    )
    return commitment


class AskForm(StepForm):
    name = NameInput(label="Who speaks for the employer?", max_length=150, error_messages={"required": NO_NAME})
    email = AddressInput(label="Their email address", error_messages={"required": "Enter their email address."})


@step(
    Commitment,
    "Ask how it stands",
    name="ask_about_pledge",
    noun="commitment",
    past="Asked how it stands",
    meaning="They get an email with a link, and need no account. What they answer is not public until you take it over. A link that they were sent before about this pledge stops working.",
    permission=KEEP,
    policy=_require_open,
    form=AskForm,
    final="Whoever was asked has the email.",
)
def ask_about_pledge(*, commitment: Commitment, name: str, email: str, by: Actor) -> PledgeQuestion:
    """Raises NotPossible without a name, for an address that is none, and for what is no pledge or kept."""
    _require_open(commitment)
    name, email = required(name, NO_NAME, "name"), email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise NotPossible(f"“{email}” is not an email address.", "address", field="email") from None
    for earlier in PledgeQuestion.objects.filter(commitment=commitment, email=email, settled_at=None):
        TokenLink.revoke_all(purpose=notices.PLEDGE_LINK, target=earlier)
    made = PledgeQuestion.objects.create(commitment=commitment, name=name, email=email)
    question = PledgeQuestion.objects.for_steps().get(pk=made.pk)
    notices.ask(question)
    return question


# -- by a link, and what becomes of it ---------------------------------------------------------------


def _require_asked(by: Actor, question: PledgeQuestion) -> None:
    if not (isinstance(by, LinkHolder) and by.link.purpose == notices.PLEDGE_LINK and by.link.target == question):
        raise NotAllowed(f"{by} was not asked this.")


def _require_to_answer(question: PledgeQuestion) -> None:
    refuse_if(question.settled_at, "Your answer has been looked at already. Thank you.", "settled")
    _require_open(question.commitment)


class AnswerForm(StepForm):
    """What the employer says. It begins with what they said before, as long as nobody has looked at it."""

    answer = forms.ChoiceField(
        label="How does it stand?",
        choices=PledgeAnswer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": NO_ANSWER},
    )
    kept_on: Any = ThreeBoxes(
        label="If you have kept it: since which day?",
        help_text="For example, 27 3 2031",
        within=PAST,
        required=False,
    )
    words = _words(
        "What can you tell us?",
        HOW,
        "What you have done, and where this can be seen; or what is still to be done. Please name nobody.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("answer", "kept_on", "words"):
            self.fields[name].initial = getattr(self.subject, name)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("answer") == PledgeAnswer.KEPT and not values.get("kept_on") and "kept_on" not in self.errors:
            self.add_error("kept_on", NO_DAY)
        return values


@step(
    PledgeQuestion,
    "Say how it stands",
    name="answer_pledge",
    noun="question",
    past="Said how it stands",
    meaning="Whoever asked reads it. Nothing of it is public until they have looked at it.",
    guard=_require_asked,
    policy=_require_to_answer,
    form=AnswerForm,
    final="To put it right, answer again: until somebody has looked at it, what was said last counts.",
)
def answer_pledge(
    *, question: PledgeQuestion, answer: str, words: str, by: Actor, kept_on: date | None = None
) -> PledgeQuestion:
    """What the employer says by a link. Raises NotPossible without words, for “kept” without its day, by a link that was stopped
    meanwhile, and once somebody has looked at it."""
    refuse_if(
        isinstance(by, LinkHolder) and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )
    question = PledgeQuestion.objects.for_steps().select_for_update(of=("self",)).get(pk=question.pk)
    _require_to_answer(question)
    question.answer, question.words = PledgeAnswer(answer), required(words, HOW, "words")
    refuse_if(question.answer == PledgeAnswer.KEPT and kept_on is None, NO_DAY, "required", field="kept_on")
    question.kept_on = event_day(kept_on, field="kept_on") if question.answer == PledgeAnswer.KEPT else None
    question.answered_at = clock.now()
    question.save(update_fields=["answer", "words", "kept_on", "answered_at"])
    return question


def _require_answer(question: PledgeQuestion) -> None:
    refuse_if(question.answered_at is None, "Nobody has answered yet.", "not_answered")
    refuse_if(question.settled_at, "This answer has been looked at already.", "settled")


def _require_to_take(question: PledgeQuestion) -> None:
    _require_answer(question)
    _require_open(question.commitment)


def _settle(question: PledgeQuestion, *, is_taken_over: bool) -> None:
    question.settled_at, question.is_taken_over = clock.now(), is_taken_over
    question.save(update_fields=["settled_at", "is_taken_over"])
    TokenLink.revoke_all(purpose=notices.PLEDGE_LINK, target=question)


@step(
    PledgeQuestion,
    "Take over the answer",
    name="confirm_answer",
    noun="question",
    past="Answer taken over",
    meaning="What they say stands with the pledge from now on, and where the pledge is public, everybody reads it. Their link stops working. Nobody is told.",
    permission=KEEP,
    policy=_require_to_take,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_look_at(),
        "answer about a pledge is to be looked at",
        "answers about pledges are to be looked at",
        order=42,
    ),
)
def confirm_answer(*, question: PledgeQuestion, by: Actor) -> PledgeQuestion:
    """What an employer says becomes public by this alone. Raises NotPossible without an answer, and for what is settled or kept."""
    _require_to_take(question)
    commitment = Commitment.objects.for_steps().select_for_update(of=("self",)).get(pk=question.commitment_id)
    if question.answer == PledgeAnswer.KEPT and question.kept_on:
        _keep(commitment, question.words, question.kept_on)
    else:
        commitment.said, commitment.said_on = question.words, localdate(question.answered_at)
        commitment.save(update_fields=["said", "said_on"])
    _settle(question, is_taken_over=True)
    return question


@step(
    PledgeQuestion,
    "Set the answer aside",
    name="set_answer_aside",
    noun="question",
    past="Answer set aside",
    meaning="It stays here, and nothing of it is public. Their link stops working. Nobody is told.",
    permission=KEEP,
    policy=_require_answer,
    weight=Weight.DANGER,
)
def set_answer_aside(*, question: PledgeQuestion, by: Actor) -> PledgeQuestion:
    """Raises NotPossible without an answer, and for one that was looked at."""
    _require_answer(question)
    _settle(question, is_taken_over=False)
    return question
