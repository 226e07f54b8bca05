"""What a sponsor answers who was asked to agree the fee: yes, yes if a bursary pays, or no (B36, B38)."""

from cohorts.permissions import CohortPermission
from funding import notices, still
from funding.actions.funds import commit, give_back
from funding.links import AGREEMENT_LINK
from funding.models import BursaryRequest, FeeAgreement
from funding.permissions import MoneyPermission
from funding.queries import pots_for
from funding.states import AGREEMENT, BURSARY, Route
from funding.terms import terms_of
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.behalf import asked
from steppingup.steps.step import Weight, step


def require_sponsor(by: Actor, agreement: FeeAgreement) -> None:
    """Raises NotAllowed for whoever does not hold a link for this agreement."""
    link = by.link if isinstance(by, LinkHolder) else None
    if link is None or link.purpose != AGREEMENT_LINK or link.target != agreement:
        raise NotAllowed(f"{by} may not answer for the employer.")


def require_asked(agreement: FeeAgreement) -> None:
    """Raises NotPossible where nobody at an employer is asked, as the person pays themselves."""
    refuse_if(
        agreement.self_paid, f"{agreement.person} pays for the place themselves, so no employer answers.", "self_paid"
    )


def _lock_to_answer(agreement: FeeAgreement, by: LinkHolder, move: str) -> None:
    """The link is read afresh: it may have been withdrawn while somebody else held the lock. Whoever answers on paper needs none."""
    agreement.lock()
    refuse_if(
        asked() is None and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )
    AGREEMENT.check(agreement, move)


@step(
    FeeAgreement,
    "Agree to the fee",
    noun="agreement",
    past="Agreed",
    story="Your employer agreed the fee",
    guard=require_sponsor,
    lifecycle=AGREEMENT,
    policy=require_asked,
    back_by=CohortPermission.DECIDE_APPLICATIONS,
    own_back=False,  # by a link, without an account; while nothing was decided they answer again
    weight=Weight.STRONG,
)
def agree(
    *,
    agreement: FeeAgreement,
    name: str,
    job_title: str,
    purchase_order: str,
    billing_address: str,
    finance_name: str = "",
    finance_email: str = "",
    by: LinkHolder,
) -> FeeAgreement:
    """The sponsor agrees to the terms as they were asked; from now on the database keeps amount and terms (B36).

    Also after declining or asking for a bursary, as long as nothing else was decided. The applicant is told and the
    sponsor gets a copy. Raises NotPossible when it was answered for good, or something is missing."""
    _lock_to_answer(agreement, by, "agree")
    BURSARY.move_all(agreement.bursary_requests, "withdraw")
    if agreement.route == Route.INTERNAL and agreement.source:  # there is no fee, and a fund bears the cost
        place = f"Place of {agreement.person}"
        commit(source=agreement.source, agreement=agreement, amount=agreement.place_costs, reason=place, by=by)
    # Amount and terms are as they were asked: a fee that was changed since does not bind who read another.
    AGREEMENT.move(
        agreement,
        "agree",
        sponsor_name=required(name, "Enter your full name.", "name"),
        sponsor_job_title=required(job_title, "Enter your job title.", "job_title"),
        purchase_order=purchase_order.strip(),
        billing_address=required(billing_address, "Enter the address to send the invoice to.", "billing_address"),
        finance_name=finance_name.strip(),
        finance_email=finance_email,
        answered_at=clock.now(),
        answered_by=name.strip(),
        decline_reason="",
    )
    notices.tell_applicant(notices.AGREED, agreement)
    notices.tell_sponsor(notices.AGREED_COPY, agreement)
    return agreement


def require_bursary(agreement: FeeAgreement) -> None:
    """Raises NotPossible where there is no open bursary, or one pays a part already, or the person pays themselves."""
    require_asked(agreement)
    require_open_bursary(agreement)


def require_open_bursary(agreement: FeeAgreement) -> None:
    """Raises NotPossible where there is no open bursary, or one pays a part already."""
    refuse_if(
        not pots_for(agreement).exists(),
        f"There are no bursaries for {agreement.cohort.programme} at the moment.",
        "no_pot",
    )
    refuse_if(
        agreement.bursary_amount,
        "A bursary already pays part of this fee. You can agree to the rest, or decline.",
        "part_paid",
    )


@step(
    FeeAgreement,
    "Ask for a bursary",
    noun="agreement",
    past="Bursary requested",
    story="Your employer asked for a bursary",
    guard=require_sponsor,
    lifecycle=AGREEMENT,
    policy=require_bursary,
    back_by=CohortPermission.DECIDE_APPLICATIONS,
    own_back=False,  # by a link, without an account; while nothing was decided they answer again
)
def ask_for_bursary(*, agreement: FeeAgreement, reason: str, by: LinkHolder) -> BursaryRequest:
    """The sponsor asks whether a bursary can pay (B38). The applicant and the finance officers are told.

    Raises NotPossible when the programme has no open bursary, or one was granted for a part already."""
    _lock_to_answer(agreement, by, "ask_for_bursary")
    require_bursary(agreement)
    text = required(reason, "Tell us why a bursary is needed.")
    AGREEMENT.move(
        agreement,
        "ask_for_bursary",
        answered_at=clock.now(),
        answered_by=agreement.sponsor_name,
        decline_reason="",
    )
    request = BursaryRequest.objects.create(agreement=agreement, reason=text)
    notices.tell_applicant(notices.BURSARY_ASKED, agreement, request)
    notices.tell_staff(notices.BURSARY_TO_DECIDE, MoneyPermission.DECIDE_MONEY, agreement, request)
    return request


@step(
    FeeAgreement,
    "Decline the fee",
    noun="agreement",
    past="Declined",
    story="Your employer declined the fee",
    guard=require_sponsor,
    lifecycle=AGREEMENT,
    policy=require_asked,
    back_by=CohortPermission.DECIDE_APPLICATIONS,
    own_back=False,  # by a link, without an account; while nothing was decided they answer again
    weight=Weight.DANGER,
)
def decline(*, agreement: FeeAgreement, reason: str, by: LinkHolder) -> FeeAgreement:
    """The sponsor declines, with a reason that the applicant is told. A part bursary goes back to its pot.

    Raises NotPossible when it was answered for good or no reason is given."""
    _lock_to_answer(agreement, by, "decline")
    text = required(reason, "Tell the applicant why.")
    BURSARY.move_all(agreement.bursary_requests, "withdraw")
    give_back(agreement=agreement, reason="The employer declined.", by=by)
    AGREEMENT.move(
        agreement,
        "decline",
        decline_reason=text,
        bursary_amount=0,
        **({"source": None, "route": Route.EMPLOYER} if agreement.fee else {}),
        **terms_of(agreement, agreement.fee),
        answered_at=clock.now(),
        answered_by=agreement.sponsor_name,
    )
    notices.tell_applicant(notices.DECLINED, agreement)
    said = still.staff_after_declining(agreement)
    notices.tell_staff(notices.DECLINED_STAFF, CohortPermission.DECIDE_APPLICATIONS, agreement, agreement, next=said)
    return agreement
