"""Signing a three-way review: each of the three by a link or signed in; with the last of them it is finished."""

from typing import Any

from django import forms

from cohorts.actions.agreements import WHOLE_NAME, is_part_of_name
from cohorts.actions.reviews import locked, require_open, role_of, tell_those_who_hold
from cohorts.models import ReviewSignature, ThreeWayReview
from cohorts.models.agreements import fingerprint
from cohorts.models.reviews import PARTS
from cohorts.notices import reviews as notices
from cohorts.states import Signatory, SignedHow
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink, User
from steppingup.formats.fields import NameInput
from steppingup.formats.sameness import shares_a_name
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, Table, Weight, step

NO_NAME = "Enter your full name to sign."
STAYS = "What somebody has signed stays as they signed it. Other words ask for new signatures."


def _require_signatory(by: Actor, review: ThreeWayReview) -> None:
    if role_of(by, review) is None:
        raise NotAllowed(f"{by} does not sign {review}.")


class SignForm(StepForm):
    """The name, below the words that it stands under."""

    name = NameInput(
        label="Your full name",
        help_text="This is your signature.",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": NO_NAME},
    )

    def table(self, subject: ThreeWayReview) -> Table:
        return Table(
            "What you sign", ("Part", "Words"), [(title, getattr(subject, one)) for one, title in PARTS.items()]
        )


def _require_to_sign(review: ThreeWayReview) -> None:
    require_open(review)
    refuse_if(review.sent_at is None, "Nobody is asked to sign it yet.", "not_sent")


def _known_name(by: Actor) -> str:
    if isinstance(by, LinkHolder):
        party: Any = by.link.target
        return str(party.name)
    return by.full_name if isinstance(by, User) else ""


@step(
    ThreeWayReview,
    "Sign the review",
    name="sign_review",
    noun="review",
    past="Review signed",
    meaning="Your name, the time and the words as they stand are kept.",
    guard=_require_signatory,
    policy=_require_to_sign,
    form=SignForm,
    final=STAYS,
    weight=Weight.STRONG,
)
def sign(*, review: ThreeWayReview, name: str, by: Actor, digest: str | None = None) -> ThreeWayReview:
    """One of the three signs with their name; signing again changes nothing. With the last of them it is finished, and each is told.
    `digest` is of the text that was read.

    Raises NotAllowed for anybody else; NotPossible without the whole name, when the words are others, and by a link that does not work
    any more."""
    review = locked(review)
    _require_to_sign(review)
    refuse_if(
        isinstance(by, LinkHolder) and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )
    role = role_of(by, review)
    if role is None or review.signed_by(role):
        return review
    refuse_if(
        digest is not None and digest != fingerprint(review.text),
        "The words were changed after you opened the page. Please read them again, then sign.",
        "text_changed",
    )
    name = " ".join(required(name, NO_NAME, "name").split())
    known = _known_name(by)
    refuse_if(is_part_of_name(name, known), WHOLE_NAME, "name", field="name")
    refuse_if(
        known and not shares_a_name(name, known),
        f"{known} is asked to sign here. Sign with that name; if it is not right, tell us before you sign.",
        "name",
        field="name",
    )
    _write(review, role, name, by)
    review = ThreeWayReview.objects.for_steps().get(pk=review.pk)
    if not review.missing:
        review.signed_at = clock.now()
        review.save(update_fields=["signed_at"])
        tell_those_who_hold(notices.SIGNED, review)
    return review


def _write(review: ThreeWayReview, role: Signatory, name: str, by: Actor) -> ReviewSignature:
    account = by if isinstance(by, User) else None
    return ReviewSignature.objects.create(
        review=review,
        role=role,
        round=review.round,
        name=name,
        email=account.email if account else str(by),
        how=SignedHow.ACCOUNT if account else SignedHow.LINK,
        signed_by=account,
        text=review.text,
        digest=fingerprint(review.text),
    )
