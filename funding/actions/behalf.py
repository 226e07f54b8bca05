"""What a sponsor answers by the link, and staff enter for one who answered on paper or by telephone (B36, B38)."""

from typing import Any

from django import forms

from cohorts.permissions import CohortPermission
from funding.actions.agreements import address_of_sponsor, route_of
from funding.actions.answers import agree, ask_for_bursary, decline, require_asked, require_sponsor
from funding.actions.liability import appeal, require_other_place, tell
from funding.links import AGREEMENT_LINK, CASE_LINK
from funding.models import FeeAgreement, LiabilityCase
from funding.states import AGREEMENT, ANSWERABLE, AgreementStatus
from funding.terms import terms_of
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, require_colleague
from steppingup.accounts.models import TokenLink, User
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.behalf import on_behalf
from steppingup.steps.step import StepForm, asking


def sponsor_of(agreement: FeeAgreement) -> LinkHolder:
    """Whoever answers for the employer: with the rights that their link gives them, which need not work any more."""
    return LinkHolder(TokenLink(purpose=AGREEMENT_LINK, target=agreement, email=agreement.sponsor_email))


def _not_ones_own(by: Actor, agreement: FeeAgreement) -> None:
    require_colleague(by, agreement.person, "You cannot answer for your own employer. Ask a colleague.")


def _require_answerable(agreement: FeeAgreement) -> None:
    require_asked(agreement)
    refuse_if(
        agreement.status not in (AgreementStatus.DRAFT, *ANSWERABLE), "The fee of this place is settled.", "state"
    )


class PaperForm(StepForm):
    """What is written on the paper, or was said."""

    name = NameInput(
        label="Who agrees to the fee",
        max_length=150,
        error_messages={"required": "Enter the name of the person who agrees."},
    )
    job_title = NameInput(
        label="Their job title", max_length=150, error_messages={"required": "Enter their job title."}
    )
    email = AddressInput(
        label="Their email address, if they have one",
        help_text="They get a copy of what they agreed to. Without an address, send them one by post.",
        required=False,
    )
    purchase_order = NameInput(label="Purchase order number, if there is one", max_length=60, required=False)
    billing_address = forms.CharField(
        label="Where the invoice goes",
        help_text="The name and address of the organisation, as they should appear on the invoice.",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter the name and address that should appear on the invoice."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreement = self.subject
        self.initial = {
            "name": agreement.sponsor_name,
            "job_title": agreement.sponsor_job_title,
            "email": agreement.sponsor_email,
            "purchase_order": agreement.purchase_order,
            "billing_address": agreement.billing_address or agreement.employer_display,
            **self.initial,
        }


def agree_on_paper(
    *,
    agreement: FeeAgreement,
    name: str,
    job_title: str,
    billing_address: str,
    email: str = "",
    purchase_order: str = "",
    by: LinkHolder,
) -> FeeAgreement:
    """The employer agrees to the fee as it is now, or as it was asked, by a signed form or on the telephone, whether it was
    asked by a link before or not (B36). Raises as `agree`, and when the applicant would agree to their own fee."""
    require_sponsor(by, agreement)
    agreement.lock()
    _require_answerable(agreement)
    text = required(name, "Enter the name of the person who agrees.", "name")
    address = address_of_sponsor(email, agreement, field="email") if email else ""
    if agreement.status == AgreementStatus.DRAFT:
        cohort = agreement.cohort
        said = terms_of(agreement, cohort.fee, cost=cohort.cost)
        asked: dict[str, Any] = {**route_of(agreement, cohort.fee), "amount": cohort.fee, **said}
        AGREEMENT.move(agreement, "ask", sponsor_name=text, sponsor_email=address, asked_at=clock.now(), **asked)
    elif address and address != agreement.sponsor_email:
        agreement.sponsor_email = address
        agreement.save(update_fields=["sponsor_email"])
    rest = {"job_title": job_title, "purchase_order": purchase_order, "billing_address": billing_address}
    return agree(
        agreement=agreement,
        name=text,
        finance_name=agreement.finance_name,
        finance_email=agreement.finance_email,
        by=by,
        **rest,
    )


def _reason(label: str, otherwise: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), error_messages={"required": otherwise}
    )


OF_SPONSOR: dict[str, Any] = {
    "whose": sponsor_of,
    "permission": CohortPermission.DECIDE_APPLICATIONS,
    "guard": _not_ones_own,
}

agree_for_them = on_behalf(
    agree_on_paper,
    FeeAgreement,
    "The employer agreed, on paper or by telephone",
    name="agree_for_them",
    noun="agreement",
    past="Agreed on paper or by telephone",
    form=PaperForm,
    policy=_require_answerable,
    meaning="The fee counts as agreed by the employer, with the terms that they were sent. Keep what they signed.",
    **OF_SPONSOR,
)
ask_for_bursary_for_them = on_behalf(
    ask_for_bursary,
    FeeAgreement,
    "Ask for a bursary for them",
    past="Bursary requested for them",
    form=asking(reason=_reason("Why a bursary is needed, in their words", "Say why a bursary is needed.")),
    **OF_SPONSOR,
)
decline_fee_for_them = on_behalf(
    decline,
    FeeAgreement,
    "The employer declined",
    past="Declined for them",
    form=asking(reason=_reason("Why, in their words. The applicant will read it", "Say why they decline.")),
    **OF_SPONSOR,
)


def parties_of(case: LiabilityCase) -> list[User | LinkHolder]:
    """The participant who has left, and whoever speaks for the employer."""
    agreement = case.agreement
    link = TokenLink(purpose=CASE_LINK, target=case, email=agreement.sponsor_email)
    return [agreement.person, *([LinkHolder(link)] if agreement.sponsor_name and not agreement.self_paid else [])]


OF_PARTIES: dict[str, Any] = {
    "whose": parties_of,
    "permission": CohortPermission.DECIDE_APPLICATIONS,
    "guard": require_other_place,
    "form": asking(text=_reason("In their words", "Write down what they told us.")),
}

tell_for_them = on_behalf(
    tell, LiabilityCase, "They told us of circumstances", noun="case", past="Circumstances told for them", **OF_PARTIES
)
appeal_for_them = on_behalf(appeal, LiabilityCase, "They appealed", noun="case", past="Appealed for them", **OF_PARTIES)
