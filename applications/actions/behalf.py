"""What applicants and assessors could do themselves, and staff do for those who rang or wrote on paper."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from applications.actions import own_fee
from applications.actions.access import DECIDE, require_decider
from applications.actions.applications import withdraw
from applications.actions.offers import accept, decline
from applications.actions.reviews import step_back
from applications.actions.signing import to_sign
from applications.actions.sponsors import ask
from applications.models import Application, Offer, Review
from applications.states import OfferStatus
from cohorts.agreements import text_of
from steppingup.accounts.models import User
from steppingup.formats.english import markdown
from steppingup.formats.fields import NameInput
from steppingup.steps.behalf import on_behalf
from steppingup.steps.step import StepForm, asking


def _applicant(application: Application) -> User:
    return application.applicant


def _open_offer(application: Application) -> Offer | None:
    offer = next((one for one in application.offers.all() if one.status == OfferStatus.MADE), None)
    if offer is not None:
        offer.application = application
    return offer


def _submitted(application: Application) -> date | None:
    return timezone.localdate(application.submitted_at) if application.submitted_at else None


def _offered(application: Application) -> date | None:
    offer = _open_offer(application)
    return timezone.localdate(offer.made_at) if offer else None


class AcceptForm(StepForm):
    """The signature, below the texts that it stands under; nothing, where there is nothing to sign."""

    legal_name = NameInput(
        label="Their full legal name, as they signed or said it",
        max_length=150,
        error_messages={"required": "Enter their full legal name: the first name and the last name."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = to_sign(self.subject)
        if not texts:
            del self.fields["legal_name"]
            return
        self.fields["legal_name"].help_text = format_html(
            "They sign what follows with it. Read it to them, or send it, before you do this.{}",
            format_html_join(
                "",
                '<details><summary class="su-link">{}</summary><div class="su-text">{}</div></details>',
                ((one.template.title, markdown(text_of(one))) for one in texts),
            ),
        )


class OwnFeeOnPaperForm(own_fee.OwnFeeForm):
    """As it is written on the paper, or was said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["billing_address"].label = "Their name and address, for the invoice"
        self.fields["purchase_order"].label = "Their own reference for the invoice, if they want one"
        self.fields["is_agreed"].label = "They have read the terms, or had them read to them, and agree to pay"


OF_APPLICANT: dict[str, Any] = {"whose": _applicant, "permission": DECIDE, "guard": require_decider}

accept_for_them = on_behalf(
    accept,
    Application,
    "Accept the place for them",
    past="Place accepted for them",
    form=AcceptForm,
    find=_open_offer,
    since=_offered,
    **OF_APPLICANT,
)
decline_for_them = on_behalf(
    decline,
    Application,
    "Decline the place for them",
    past="Place declined for them",
    form=asking(
        reason=forms.CharField(
            label="Their reason, if they gave one",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
    ),
    find=_open_offer,
    since=_offered,
    **OF_APPLICANT,
)
withdraw_for_them = on_behalf(
    withdraw,
    Application,
    "Withdraw it for them",
    past="Withdrawn for them",
    meaning="We will not consider the application any further. If they have been offered a place, it goes to somebody else.",
    since=_submitted,
    **OF_APPLICANT,
)
ask_sponsor_for_them = on_behalf(
    ask,
    Application,
    "Ask their employer for them",
    past="Sponsor asked for them",
    story="We asked your employer about the fee for you",
    meaning="Somebody at their employer gets a link by email, with which to answer about the fee.",
    **OF_APPLICANT,
)
agree_own_fee_for_them = on_behalf(
    own_fee.agree,
    Application,
    "Agree to pay the fee for them",
    name="agree_own_fee_for_them",
    past="Fee agreed for them",
    form=OwnFeeOnPaperForm,
    story="We wrote down for you that you pay the fee",
    meaning="They pay for the place themselves, if they are offered one and accept it. Keep what they signed.",
    **OF_APPLICANT,
)
ask_own_bursary_for_them = on_behalf(
    own_fee.ask_for_bursary,
    Application,
    "Ask for a bursary for them",
    name="ask_own_bursary_for_them",
    past="Bursary requested for them",
    form=asking(
        reason=forms.CharField(
            label="Why a bursary is needed, in their words",
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": "Say why a bursary is needed."},
        )
    ),
    story="We asked for a bursary for you",
    meaning="We decide whether a bursary can pay the fee, or part of it.",
    **OF_APPLICANT,
)
step_back_for_them = on_behalf(
    step_back,
    Review,
    "Step back for them",
    past="Stepped back for them",
    whose=lambda review: review.assessor,
    permission=DECIDE,
    guard=require_decider,
    page="application",
)
