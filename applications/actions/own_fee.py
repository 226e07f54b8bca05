"""An applicant who pays for their own place agrees to the fee themselves, and asks for a bursary themselves (B36, B38)."""

from typing import Any

from django import forms

from applications.actions.access import DECIDE, require_applicant, require_decider
from applications.fee.agreement import begin
from applications.fee.standing import agreed_by, require_asked
from applications.models import Application
from applications.states import LIVE, ApplicationStatus, FeeBy
from funding.actions.agreements import TOO_LATE
from funding.actions.own import NO_ADDRESS, SAY_WHY, agree_oneself, ask_for_own_bursary
from funding.models import BursaryRequest, FeeAgreement
from funding.queries import agreement_of, pots_of
from steppingup.accounts.actors import Actor
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, Weight, step


def _require_to_agree(application: Application) -> None:
    refuse_if(
        application.status not in (ApplicationStatus.DRAFT, *LIVE),
        "This application is closed, so nobody needs to agree its fee.",
        "state",
    )
    require_asked(application)
    is_draft = application.status == ApplicationStatus.DRAFT
    refuse_if(is_draft and application.own_window.has_closed(), TOO_LATE, "too_late")
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    theirs = agreement.self_paid if agreement and application.submitted_at else agreed_by(application) != FeeBy.EMPLOYER
    refuse_if(not theirs, "Somebody at your employer agrees the fee. Tell us who can.", "employers_fee")
    refuse_if(
        agreement is not None and agreement.is_settled,
        "The fee of this place is settled, so there is nothing to agree.",
        "state",
    )


def _require_bursary(application: Application) -> None:
    _require_to_agree(application)
    refuse_if(
        not pots_of(application.cohort).exists(),
        f"There are no bursaries for {application.cohort.programme} at the moment.",
        "no_pot",
    )
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    refuse_if(
        agreement is not None and bool(agreement.bursary_amount),
        "A bursary already pays part of this fee. You can agree to the rest.",
        "part_paid",
    )


class OwnFeeForm(StepForm):
    billing_address = forms.CharField(
        label="Your name and address, for the invoice",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={"required": NO_ADDRESS},
    )
    purchase_order = NameInput(
        label="Your own reference, if you want one on the invoice", max_length=60, required=False, help_text="Optional."
    )
    is_agreed = forms.BooleanField(
        label="I have read the terms and agree to pay the fee",
        error_messages={"required": "Tick the box to say that you have read the terms and agree to pay."},
    )

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("billing_address", "purchase_order")}


class OwnBursaryForm(StepForm):
    reason = forms.CharField(
        label="Why do you need a bursary?",
        help_text="A few sentences are enough: what you can pay, and what stands in the way of the rest. Only the people who decide "
        "about bursaries read this.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": SAY_WHY},
    )


def _begun(application: Application, by: Actor) -> FeeAgreement:
    """Whoever withdraws or decides meanwhile waits, and finds the fee agreed."""
    locked = Application.objects.for_steps().select_for_update(of=("self",)).get(pk=application.pk)
    _require_to_agree(locked)
    return begin(locked, by=by, self_paid=True)


@step(
    Application,
    "Agree to pay the fee",
    name="agree_own_fee",
    past="Fee agreed",
    story="You agreed to pay the fee",
    meaning="You pay for the place yourself, if you are offered one and accept it. You get a copy of what you agree to.",
    guard=require_applicant,
    policy=_require_to_agree,
    form=OwnFeeForm,
    weight=Weight.STRONG,
    back_by=DECIDE,
    back_guard=require_decider,
)
def agree(*, application: Application, billing_address: str, purchase_order: str = "", by: Actor) -> FeeAgreement:
    """The applicant agrees to pay for their own place. Raises NotPossible once the application is over or closed, where somebody else
    agrees, and as `agree_oneself`."""
    agreement = _begun(application, by)
    return agree_oneself(
        agreement=agreement, billing_address=billing_address, purchase_order=purchase_order, by=application.applicant
    )


@step(
    Application,
    "Ask for a bursary",
    name="ask_own_bursary",
    past="Bursary requested",
    story="You asked for a bursary",
    meaning="We decide whether a bursary can pay the fee, or part of it, and write to you.",
    guard=require_applicant,
    policy=_require_bursary,
    form=OwnBursaryForm,
    weight=Weight.STRONG,
    back_by=DECIDE,
    back_guard=require_decider,
)
def ask_for_bursary(*, application: Application, reason: str, by: Actor) -> BursaryRequest:
    """The applicant asks for a bursary for their own place (B38). Raises as `agree`, and as `ask_for_own_bursary`."""
    _require_bursary(application)
    return ask_for_own_bursary(agreement=_begun(application, by), reason=reason, by=application.applicant)
