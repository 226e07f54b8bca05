"""How the fee of an application stands: who agrees it, and what came of it (B36 to B38)."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from applications.models import Application, Window
from applications.queries import payer_of
from applications.standings import asks_fee, fee_by
from applications.states import Asked, FeeBy
from funding.models import FeeAgreement, FundingSource
from funding.queries import agreement_of
from funding.rules import AfterLeaving, OwedOf, Payer
from funding.states import AgreementStatus
from funding.terms import asks_without_fee, if_they_leave, terms_for
from steppingup.history.lifecycle import refuse_if
from steppingup.messaging.addresses import address
from steppingup.site.sections import one_page


@dataclass(frozen=True)
class FeeState:
    """How things stand. `kind`: nothing, employer_first, internal, provider, draft, asked, agreed, bursary_asked, declined or own,
    where the applicant agrees to it themselves; `or_own` where they can, or name somebody.

    `settled` is B36's gate; `words` are what the list of parts says. `payer` is who pays instead of the employer, where
    nobody has to be asked; from a `fund`, where it is one. `without_fee`: the employer is asked only to agree to what it owes if
    the applicant leaves (N13). `asked`: whether the rules ask about it in the application, and whether it has to be settled before that
    is submitted."""

    kind: str
    words: str
    settled: bool = False
    agreement: FeeAgreement | None = None
    without_fee: bool = False
    payer: Payer = Payer.EMPLOYER
    fund: FundingSource | None = None
    or_own: bool = False
    asked: Asked = Asked.REQUIRED

    @property
    def is_asked(self) -> bool:
        """Is it one of the parts of this application?"""
        return self.kind != "nothing" and self.asked != Asked.LEFT_OUT

    @property
    def stands_against(self) -> bool:
        """Must the applicant wait with submitting until it is settled?"""
        return not self.settled and self.asked == Asked.REQUIRED

    @property
    def may_wait(self) -> bool:
        return self.asked != Asked.REQUIRED


def fee_of(application: Application, agreement: FeeAgreement | None) -> Decimal:
    """Pounds: what was asked or agreed, whatever the cohort's fee has become since; the cohort's where nobody was asked."""
    return application.cohort.fee if agreement is None or agreement.amount is None else agreement.amount


@one_page()
def fee_state(application: Application) -> FeeState:
    """Worked out from the agreement and the window's rules, never stored."""
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    # Whoever has submitted did so by what held then: from that on the agreement says who pays.
    payer, fund = (Payer.EMPLOYER, None) if application.submitted_at else payer_of(application)
    instead: dict[str, Any] = {"settled": True, "agreement": agreement, "payer": payer, "fund": fund}
    without_fee = False
    if fee_of(application, agreement) == 0:
        without_fee = _asks_without_fee(application, agreement)
        if not without_fee:
            return FeeState("nothing", "Nothing to pay", **instead)
        payer = Payer.EMPLOYER
    found = _of_employer(application, agreement, payer, instead)
    return replace(
        found,
        without_fee=without_fee,
        or_own=agreed_by(application) == FeeBy.EITHER,
        asked=is_asked_about(application, agreement),
    )


def is_asked_about(application: Application, agreement: FeeAgreement | None) -> Asked:
    """As the rules say. Where they leave it out and staff have asked somebody, the applicant follows it, and can ask somebody else."""
    asked = asks_fee(application)
    unasked = agreement is None or agreement.status in (AgreementStatus.DRAFT, AgreementStatus.RELEASED)
    return Asked.OPTIONAL if asked == Asked.LEFT_OUT and not unasked else asked


def agreed_by(application: Application) -> FeeBy:
    """Who agrees the fee, where no fund and not the provider pays: by how the applicant works, and whoever pays by the terms."""
    if application.submitted_at is None and payer_of(application)[0] == Payer.PERSON:
        return FeeBy.PERSON
    return fee_by(application)


def is_own(application: Application, agreement: FeeAgreement | None) -> bool:
    """Does the applicant agree to the fee themselves? Once submitted, as it was then; where either may, as they chose."""
    if application.submitted_at:
        return agreement is not None and agreement.self_paid
    by = agreed_by(application)
    if by != FeeBy.EITHER:
        return by == FeeBy.PERSON
    chosen = agreement is not None and agreement.self_paid
    return chosen or not (application.employer_id or application.employer_name)


def require_asked(application: Application) -> None:
    """Raise NotPossible where the rules leave the fee out of the application, and staff have asked nobody either."""
    asked = is_asked_about(application, agreement_of(application.applicant_id, application.cohort_id))
    refuse_if(
        asked == Asked.LEFT_OUT,
        "You are not asked about the fee here: it is settled with you before you are offered a place.",
        "fee_not_asked",
    )


def _asks_without_fee(application: Application, agreement: FeeAgreement | None) -> bool:
    """Once submitted, as it was then."""
    if application.submitted_at:
        return agreement is not None and agreement.is_without_fee
    cohort = application.cohort
    return asks_without_fee(terms_for(cohort), cohort.fee, cohort.cost)


def _of_employer(
    application: Application, agreement: FeeAgreement | None, payer: Payer, instead: dict[str, Any]
) -> FeeState:
    """Where there is something to pay, or to agree to."""
    fund = instead["fund"]
    status = agreement.status if agreement else AgreementStatus.DRAFT
    if payer in (Payer.FUND, Payer.PROVIDER) and status != AgreementStatus.AGREED:
        if fund:
            return FeeState("internal", f"{fund.name} pays", **instead)
        return FeeState("provider", f"{application.cohort.programme.provider} pays", **instead)
    if is_own(application, agreement):
        return _of_oneself(application, agreement if agreement and agreement.self_paid else None)
    if agreement and agreement.self_paid:  # it was theirs before they worked otherwise
        agreement, status = None, AgreementStatus.DRAFT
    if not application.employer_id and not application.employer_name:
        return FeeState("employer_first", "Tell us your employer first", agreement=agreement)
    if agreement is None or status in (AgreementStatus.DRAFT, AgreementStatus.RELEASED):
        return FeeState("draft", "Not asked yet", agreement=agreement)
    if status == AgreementStatus.AGREED:
        return FeeState("agreed", "Agreed", settled=True, agreement=agreement)
    if status == AgreementStatus.BURSARY_ASKED:
        return _bursary_asked(application, agreement)
    if status == AgreementStatus.DECLINED:
        return FeeState("declined", "Declined", agreement=agreement)
    return FeeState("asked", f"Waiting for {agreement.sponsor_name or 'an answer'}", agreement=agreement)


def _bursary_asked(application: Application, agreement: FeeAgreement) -> FeeState:
    window = Window.objects.filter(cohort=application.cohort_id).first()
    enough = bool(window and window.submit_while_bursary_pending)
    return FeeState("bursary_asked", "Bursary asked for", settled=enough, agreement=agreement)


def _of_oneself(application: Application, agreement: FeeAgreement | None) -> FeeState:
    """Where the applicant pays for their own place."""
    if agreement and agreement.status == AgreementStatus.AGREED:
        return FeeState("agreed", "Agreed", settled=True, agreement=agreement)
    if agreement and agreement.status == AgreementStatus.BURSARY_ASKED:
        return _bursary_asked(application, agreement)
    return FeeState("own", "Not agreed yet", agreement=agreement)


def if_i_leave(application: Application, state: FeeState) -> str:
    """What the applicant reads of what their employer owes if they leave, before they submit: as the sponsor was asked, or as the terms
    have it now. Empty where nothing is owed, or nobody asks for anything."""
    agreement, cohort = state.agreement, application.cohort
    if agreement and agreement.promised.get("after_leaving") and agreement.self_paid == is_own(application, agreement):
        return str(agreement.promised["after_leaving"])
    terms = terms_for(cohort)
    if state.kind in ("nothing", "internal", "provider") or terms.after_leaving == AfterLeaving.NOTHING:
        return ""
    most = cohort.cost if terms.owed_of == OwedOf.COST else cohort.fee
    named = str(application.employer or application.employer_name or "your employer")
    employer = str(application.applicant) if is_own(application, agreement) else named
    return if_they_leave(str(application.applicant), employer, terms, most)


def page_of_applicant(agreement: FeeAgreement) -> str | None:
    """For the e-mails of funding: the application, or its page about the fee while something is to be done there."""
    found = Application.objects.filter(applicant=agreement.person_id, cohort=agreement.cohort_id).first()
    if found is None:
        return None
    is_waited_for = agreement.status in (AgreementStatus.ASKED, AgreementStatus.DECLINED)
    page = "applications:fee" if is_waited_for else "applications:application"
    return address(page, found.pk)
