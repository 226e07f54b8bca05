"""The fee from the applicant's side: who agrees it, what came of it, and the gate before submission (B36 to B38)."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from applications.models import Application, Window
from applications.parts import employer_rule
from funding.actions import agreements
from funding.models import FeeAgreement, FundingSource
from funding.queries import agreement_of
from funding.states import AgreementStatus
from steppingup.accounts.actors import Actor
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import NotPossible


@dataclass(frozen=True)
class FeeState:
    """How things stand. `kind`: nothing, employer_first, internal, draft, asked, agreed, bursary_asked or declined.

    `settled` is B36's gate; `words` are what the list of parts says."""

    kind: str
    words: str
    settled: bool = False
    agreement: FeeAgreement | None = None
    fund: FundingSource | None = None


def internal_fund(application: Application) -> FundingSource | None:
    """The fund that pays for staff of this employer in this window (B37), if one does."""
    rule = employer_rule(application)
    return rule.funded_by if rule else None


def fee_state(application: Application) -> FeeState:
    """Worked out from the agreement and the window's rules, never stored."""
    if application.cohort.fee == 0:
        return FeeState("nothing", "Nothing to pay", settled=True)
    if not application.employer_id and not application.employer_name:
        return FeeState("employer_first", "Tell us your employer first")
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    status = agreement.status if agreement else AgreementStatus.DRAFT
    fund = internal_fund(application)
    if fund and status != AgreementStatus.AGREED:
        return FeeState("internal", f"{fund.name} pays", settled=True, agreement=agreement, fund=fund)
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
    return f"{settings.SITE_URL}{reverse(page, args=[found.pk])}"


def begin(application: Application, *, by: Actor) -> FeeAgreement:
    """The agreement of this person for this cohort, made if there is none."""
    return agreements.begin(
        cohort=application.cohort,
        person=application.applicant,
        employer=application.employer,
        employer_name=application.employer_name,
        by=by,
    )


def employer_changed(application: Application, *, by: Actor) -> None:
    """Another employer is named: what was asked of the earlier one ends, and its sponsor is told (by `begin`).

    Raises NotPossible when the earlier employer has agreed to pay."""
    if agreement_of(application.applicant_id, application.cohort_id) is not None:
        begin(application, by=by)


def settle_for_submission(application: Application, *, window: Window, by: Actor) -> None:
    """The gate before submission (B36): the fund pays (B37), the fee is agreed, or a bursary is being decided (B38).

    Sets `application.fee_agreement`. Raises NotPossible with what is missing."""
    state = fee_state(application)
    if state.kind == "nothing":
        return
    if state.kind == "internal" and state.fund:
        agreement = begin(application, by=by)
        application.fee_agreement = agreements.settle_internally(agreement=agreement, source=state.fund, by=by)
        return
    if not state.settled:
        raise NotPossible(_missing(application, state, window))
    application.fee_agreement = state.agreement


def _missing(application: Application, state: FeeState, window: Window) -> str:
    amount = pounds(application.cohort.fee)
    sponsor = state.agreement.sponsor_name if state.agreement else ""
    return {
        "employer_first": "Tell us who your employer is, and who there can agree the fee.",
        "draft": f"Your employer must agree the fee of {amount} before you can submit. Tell us who can agree it.",
        "asked": f"{sponsor} has not answered about the fee of {amount} yet. You can submit once they have agreed. "
        "You can remind them or ask somebody else.",
        "declined": f"{sponsor} did not agree the fee of {amount}. You can ask somebody else.",
        "bursary_asked": "A bursary has been asked for and is not decided yet. You can submit once it is.",
    }[state.kind]
