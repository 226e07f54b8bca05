"""Three-way reviews: prepared by the participant or by whoever runs the cohort, and signed by participant, line manager and coordinator,
each by a link or signed in. Other words ask for new signatures; what all three have signed stays."""

from datetime import date
from typing import Any

from django import forms

from cohorts.actions.years import require_near
from cohorts.models import Enrolment, ReviewParty, ThreeWayReview
from cohorts.models.reviews import LONGEST, PARTS, WORDS
from cohorts.notices import reviews as notices
from cohorts.permissions import CohortPermission
from cohorts.queries import staff_of
from cohorts.states import EnrolmentStatus, Signatory
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, System, may
from steppingup.accounts.models import User
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.messaging.kinds import MessageKind
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, step

RUN = CohortPermission.RUN_COHORTS
NO_DAY = "Enter the day of the review."
MISSING = {
    "went_well": "Say what went well.",
    "needed": "Say what is needed, or that nothing is.",
    "agreed": "Say what was agreed.",
}
WHO = "Choose who signs for the provider."


# -- who -------------------------------------------------------------------------------------------


def _place(about: Enrolment | ThreeWayReview) -> Enrolment:
    return about.enrolment if isinstance(about, ThreeWayReview) else about


def runs(by: Any, about: Enrolment | ThreeWayReview) -> bool:
    """May they prepare and sign it for the provider? Not for themselves, and not for somebody in their own team."""
    enrolment = _place(about)
    if not isinstance(by, User) or by.pk in (enrolment.participant_id, enrolment.line_manager_id):
        return False
    return by.is_active and may(by, RUN, enrolment)


def _require_writer(by: Actor, about: Enrolment | ThreeWayReview) -> None:
    """The participant, or whoever runs the cohort."""
    is_own = isinstance(by, User) and by.is_active and by.pk == _place(about).participant_id
    if not (is_own or isinstance(by, System) or runs(by, about)):
        raise NotAllowed("A review is written by the participant or by whoever runs the cohort.")


def holds(party: ReviewParty, review: ThreeWayReview) -> bool:
    """Are they still what they were asked as? The link of a former line manager does nothing any more."""
    enrolment = review.enrolment
    if party.role == Signatory.PARTICIPANT:
        return party.user_id == enrolment.participant_id
    return party.user_id == enrolment.line_manager_id if party.role == Signatory.EMPLOYER else runs(party.user, review)


def role_of(by: Actor, review: ThreeWayReview) -> Signatory | None:
    """As which of the three somebody signs it."""
    if isinstance(by, LinkHolder):
        party: Any = by.link.target if by.link.purpose == notices.REVIEW_LINK else None
        of_it = isinstance(party, ReviewParty) and party.review_id == review.pk and holds(party, review)
        return Signatory(party.role) if of_it else None
    if not isinstance(by, User) or not by.is_active:
        return None
    if by.pk == review.enrolment.participant_id:
        return Signatory.PARTICIPANT
    if by.pk == review.enrolment.line_manager_id:
        party = review.party(Signatory.EMPLOYER)
        return Signatory.EMPLOYER if party and party.user_id == by.pk else None
    return Signatory.PROVIDER if runs(by, review) else None


# -- writing ---------------------------------------------------------------------------------------


class ReviewForm(StepForm):
    """What the three look back on."""

    on = DayInput(label="When did you, or will you, talk?", error_messages={"required": NO_DAY})
    went_well = forms.CharField(
        label="What went well?", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": MISSING["went_well"]},
    )  # fmt: skip
    needed = forms.CharField(
        label="What is needed?", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": MISSING["needed"]},
    )  # fmt: skip
    agreed = forms.CharField(
        label="What was agreed?",
        help_text="Who does what, and by when.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": MISSING["agreed"]},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not runs(self.by, self.subject):
            self.fields["on"].widget.attrs["class"] = "govuk-input govuk-input--width-10"
        if isinstance(self.subject, ThreeWayReview):
            self.initial = {**{name: getattr(self.subject, name) for name in WORDS}, **self.initial}


def _checked(enrolment: Enrolment, on: date, words: dict[str, str]) -> dict[str, Any]:
    require_near(on, enrolment.cohort)
    return {"on": on, **{name: required(words[name], MISSING[name], name) for name in PARTS}}


def _require_place(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is not on the programme now.", "left"
    )
    refuse_if(
        enrolment.line_manager_id is None,
        f"There is no line manager of {enrolment.participant} here now, who would sign it.",
        "no_manager",
    )


@step(
    Enrolment,
    "Prepare a three-way review",
    name="prepare_review",
    past="Three-way review prepared",
    story="A three-way review was prepared",
    meaning="Write what you look back on together. It is kept for you to go on with: nobody is asked to sign it yet. The line manager sees it "
    "once they are.",
    guard=_require_writer,
    policy=_require_place,
    form=ReviewForm,
    back_by=RUN,
)
def prepare(*, enrolment: Enrolment, on: date, went_well: str, needed: str, agreed: str, by: Actor) -> ThreeWayReview:
    """A review that nobody is asked to sign yet. Raises NotPossible without a word in each part, and where nobody would sign it."""
    _require_place(enrolment)
    words = _checked(enrolment, on, {"went_well": went_well, "needed": needed, "agreed": agreed})
    return ThreeWayReview.objects.create(enrolment=enrolment, prepared_by=by if isinstance(by, User) else None, **words)


def locked(review: ThreeWayReview) -> ThreeWayReview:
    ThreeWayReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    return ThreeWayReview.objects.for_steps().get(pk=review.pk)


def require_open(review: ThreeWayReview) -> None:
    refuse_if(review.called_off_at, "This review was called off.", "ended")
    refuse_if(review.signed_at, "All three have signed it, so it stays as it is.", "signed")
    refuse_if(
        review.enrolment.status != EnrolmentStatus.ENROLLED,
        f"{review.enrolment.participant} is not on the programme now.",
        "left",
    )


def _what_changes(review: ThreeWayReview, **given: Any) -> str:
    if not review.sent_at:
        return "Nobody is asked to sign it yet."
    signed = " What was signed so far stays on record, below the words of before." if review.standing else ""
    return f"All three are asked to sign the new words, by a new link each.{signed}"


@step(
    ThreeWayReview,
    "Change the words",
    name="change_review",
    noun="review",
    past="Review changed",
    meaning=_what_changes,
    guard=_require_writer,
    policy=require_open,
    form=ReviewForm,
    undo="change_review",
    back_by=RUN,
)
def change(*, review: ThreeWayReview, on: date, went_well: str, needed: str, agreed: str, by: Actor) -> ThreeWayReview:
    """Other words. Whoever has signed before is asked anew. Raises NotPossible once all have signed, and where nothing changes."""
    words = _checked(review.enrolment, on, {"went_well": went_well, "needed": needed, "agreed": agreed})
    review = locked(review)
    require_open(review)
    refuse_if(
        all(getattr(review, name) == value for name, value in words.items()),
        "Nothing has changed. Change the day or the words.",
        "same",
    )
    for name, value in words.items():
        setattr(review, name, value)
    if review.standing:
        review.round += 1
    review.save(update_fields=[*words, "round"])
    if review.sent_at:
        review.parties.update(asked_at=clock.now())
        tell_those_who_hold(notices.CHANGED, review)
    return review


def tell_those_who_hold(kind: MessageKind, review: ThreeWayReview) -> None:
    """Each of the three, but nobody who was the line manager."""
    review = ThreeWayReview.objects.for_steps().get(pk=review.pk)
    notices.tell(kind, review, tuple(Signatory(one.role) for one in review.parties.all() if holds(one, review)))


# -- asking ----------------------------------------------------------------------------------------


def signing_staff(review: ThreeWayReview) -> list[User]:
    """Who can sign it for the provider."""
    return [one for one in staff_of(review.enrolment.cohort, RUN) if runs(one, review)]


class SendForm(StepForm):
    """Who signs for the provider: whoever sends it, unless it is somebody else."""

    staff = ChosenFrom(
        User,
        lambda review: User.objects.filter(pk__in=[one.pk for one in signing_staff(review)]).order_by("full_name"),
        label="Who signs for the provider?",
        widget=forms.RadioSelect,
        error_messages={"required": WHO, "invalid_choice": WHO},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.subject.party(Signatory.PROVIDER)
        first: Any = self.fields["staff"].queryset.first()  # type: ignore[attr-defined]
        begins = known.user_id if known else self.by.pk if runs(self.by, self.subject) else first and first.pk
        self.initial = {"staff": begins, **self.initial}


def _require_to_send(review: ThreeWayReview) -> None:
    require_open(review)
    _require_place(review.enrolment)
    refuse_if(not signing_staff(review), "Nobody who runs the cohort could sign it for the provider.", "nobody")


@step(
    ThreeWayReview,
    "Ask for signatures",
    name="send_review",
    noun="review",
    past="Asked for signatures",
    story="A three-way review is to be signed",
    meaning="Whoever has still to sign it gets a link by email, and needs no account. A link that they had before stops working.",
    guard=_require_writer,
    policy=_require_to_send,
    form=SendForm,
    back_by=RUN,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_send(),
        "three-way review is written, and nobody is asked to sign it",
        "three-way reviews are written, and nobody is asked to sign them",
        order=43,
    ),
)
def send(*, review: ThreeWayReview, staff: User, by: Actor) -> ThreeWayReview:
    """Each of the three is asked, by a link; those whose signature is there already are left in peace. Raises NotPossible for somebody
    who does not run the cohort."""
    review = locked(review)
    _require_to_send(review)
    refuse_if(staff not in signing_staff(review), WHO, "who", field="staff")
    enrolment = review.enrolment
    manager: Any = enrolment.line_manager
    three = {
        Signatory.PARTICIPANT: (enrolment.participant, str(enrolment.participant), enrolment.participant.email),
        Signatory.EMPLOYER: (manager, enrolment.manager, enrolment.manager_address),
        Signatory.PROVIDER: (staff, str(staff), staff.email),
    }
    waits = review.missing
    for role in waits:
        user, name, email = three[role]
        given = {"user": user, "name": name, "email": email, "asked_at": clock.now()}
        ReviewParty.objects.update_or_create(review=review, role=role, defaults=given)
    if not review.sent_at:
        review.sent_at = clock.now()
        review.save(update_fields=["sent_at"])
    notices.tell(notices.TO_SIGN, ThreeWayReview.objects.for_steps().get(pk=review.pk), waits)
    return review


@step(
    ThreeWayReview,
    "Call the review off",
    name="call_off_review",
    noun="review",
    past="Review called off",
    meaning="Nobody can sign it any more. What was written stays for those who can see it now. Nobody is told; whoever follows a link reads "
    "that it is over.",
    guard=_require_writer,
    policy=require_open,
    back_by=RUN,
    weight=Weight.DANGER,
)
def call_off(*, review: ThreeWayReview, by: Actor) -> ThreeWayReview:
    review = locked(review)
    require_open(review)
    review.called_off_at = clock.now()
    review.save(update_fields=["called_off_at"])
    return review


def called(review: ThreeWayReview, role: Signatory) -> str:
    """“Jo Maddern, the line manager”, for lists of who has still to sign."""
    party, enrolment = review.party(role), review.enrolment
    who = {Signatory.PARTICIPANT: str(enrolment.participant), Signatory.EMPLOYER: enrolment.manager}
    name = who.get(role) or (party.name if party else "")
    what = {Signatory.EMPLOYER: "the line manager", Signatory.PROVIDER: str(enrolment.cohort.programme.provider)}
    return ", ".join(filter(None, (name, what.get(role, ""))))
