"""How the fee of an application stands: who agrees it, and what came of it (B36 to B38)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from applications.models import Application, Window
from applications.queries import payer_of
from funding.models import FeeAgreement, FundingSource
from funding.queries import agreement_of
from funding.rules import Payer
from funding.states import AgreementStatus
from steppingup.messaging.addresses import address


@dataclass(frozen=True)
class FeeState:
    """How things stand. `kind`: nothing, employer_first, internal, provider, draft, asked, agreed, bursary_asked or declined.

    `settled` is B36's gate; `words` are what the list of parts says. `payer` is who pays instead of the employer, where
    nobody has to be asked; from a `fund`, where it is one."""

    kind: str
    words: str
    settled: bool = False
    agreement: FeeAgreement | None = None
    payer: Payer = Payer.EMPLOYER
    fund: FundingSource | None = None


def fee_of(application: Application, agreement: FeeAgreement | None) -> Decimal:
    """Pounds: what was asked or agreed, whatever the cohort's fee has become since; the cohort's where nobody was asked."""
    return application.cohort.fee if agreement is None or agreement.amount is None else agreement.amount


def fee_state(application: Application) -> FeeState:
    """Worked out from the agreement and the window's rules, never stored."""
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    # Whoever has submitted did so by what held then: from that on the agreement says who pays.
    payer, fund = (Payer.EMPLOYER, None) if application.submitted_at else payer_of(application)
    instead: dict[str, Any] = {"settled": True, "agreement": agreement, "payer": payer, "fund": fund}
    if fee_of(application, agreement) == 0:
        return FeeState("nothing", "Nothing to pay", **instead)
    status = agreement.status if agreement else AgreementStatus.DRAFT
    if payer != Payer.EMPLOYER and status != AgreementStatus.AGREED:
        if fund:
            return FeeState("internal", f"{fund.name} pays", **instead)
        return FeeState("provider", f"{application.cohort.programme.provider} pays", **instead)
    if not application.employer_id and not application.employer_name:
        return FeeState("employer_first", "Tell us your employer first", agreement=agreement)
    if agreement is None or status in (AgreementStatus.DRAFT, AgreementStatus.RELEASED):
        return FeeState("draft", "Not asked yet", agreement=agreement)
    if status == AgreementStatus.AGREED:
        return FeeState("agreed", "Agreed", settled=True, agreement=agreement)
    if status == AgreementStatus.BURSARY_ASKED:
        window = Window.objects.filter(cohort=application.cohort_id).first()
        enough = bool(window and window.submit_while_bursary_pending)
        return FeeState("bursary_asked", "Bursary asked for", settled=enough, agreement=agreement)
    if status == AgreementStatus.DECLINED:
        return FeeState("declined", "Declined", agreement=agreement)
    return FeeState("asked", f"Waiting for {agreement.sponsor_name or 'an answer'}", agreement=agreement)


def page_of_applicant(agreement: FeeAgreement) -> str | None:
    """For the e-mails of funding: the application, or its page about the fee while something is to be done there."""
    found = Application.objects.filter(applicant=agreement.person_id, cohort=agreement.cohort_id).first()
    if found is None:
        return None
    is_waited_for = agreement.status in (AgreementStatus.ASKED, AgreementStatus.DECLINED)
    page = "applications:fee" if is_waited_for else "applications:application"
    return address(page, found.pk)
