"""Whoever pays for their own place agrees the fee themselves, and asks for a bursary themselves (B36, B38)."""

from typing import Any

from django.db import transaction

from funding import notices
from funding.actions.agreements import route_of
from funding.actions.answers import require_open_bursary
from funding.actions.funds import commit
from funding.models import BursaryRequest, FeeAgreement
from funding.permissions import MoneyPermission
from funding.states import AGREEMENT, BURSARY, Route
from funding.terms import terms_of
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.history.lifecycle import required

NO_ADDRESS = "Enter the name and address that should appear on the invoice."
SAY_WHY = "Tell us why a bursary is needed."


def require_payer(by: Actor, agreement: FeeAgreement) -> None:
    """Raises NotAllowed for whoever does not pay for this place themselves."""
    if by != agreement.person or not agreement.self_paid:
        raise NotAllowed(f"{by} may not agree to pay for this place.")


def _asked_oneself(agreement: FeeAgreement) -> dict[str, Any]:
    """Whom the terms speak of: the person is the sponsor of their own place. What a bursary was granted for stays as it was
    promised, and so does the fee."""
    held = agreement if agreement.bursary_amount else agreement.cohort
    person, cost = agreement.person, agreement.place_costs if held is agreement else held.cost
    return {
        "sponsor_name": str(person),
        "sponsor_email": person.email,
        "sponsor_job_title": "",
        **route_of(agreement, held.fee),
        "amount": held.fee,
        **terms_of(agreement, held.fee, agreement.bursary_amount, cost=cost),
        "asked_at": agreement.asked_at or clock.now(),
        "decline_reason": "",
    }


@transaction.atomic
def agree_oneself(
    *, agreement: FeeAgreement, billing_address: str, purchase_order: str = "", by: Actor
) -> FeeAgreement:
    """The person agrees to pay, by the terms as they are now (B36). A bursary that was asked for is not decided any more. They
    get a copy.

    Raises NotAllowed for others; NotPossible when it is settled, or the address is missing."""
    require_payer(by, agreement)
    AGREEMENT.check(agreement.lock(), "agree_oneself")
    where = required(billing_address, NO_ADDRESS, "billing_address")
    BURSARY.move_all(agreement.bursary_requests, "withdraw")
    said = _asked_oneself(agreement)
    if said["route"] == Route.INTERNAL and said["source"]:  # there is no fee, and a fund bears the cost
        reason, cost = f"Place of {agreement.person}", agreement.cohort.cost
        commit(source=said["source"], agreement=agreement, amount=cost, reason=reason, by=by)
    AGREEMENT.move(
        agreement,
        "agree_oneself",
        **said,
        purchase_order=purchase_order.strip(),
        billing_address=where,
        answered_at=clock.now(),
        answered_by=str(agreement.person),
    )
    notices.tell_sponsor(notices.AGREED_COPY, agreement)
    return agreement


@transaction.atomic
def ask_for_own_bursary(*, agreement: FeeAgreement, reason: str, by: Actor) -> BursaryRequest:
    """The person asks whether a bursary can pay (B38). They and the finance officers are told.

    Raises NotAllowed for others; NotPossible when it is settled, there is no open bursary, or one pays a part already."""
    require_payer(by, agreement)
    AGREEMENT.check(agreement.lock(), "ask_for_own_bursary")
    require_open_bursary(agreement)
    text = required(reason, SAY_WHY, "reason")
    now, said = clock.now(), _asked_oneself(agreement)
    said |= {"answered_at": now, "answered_by": str(agreement.person)}
    AGREEMENT.move(agreement, "ask_for_own_bursary", **said)
    request = BursaryRequest.objects.create(agreement=agreement, reason=text)
    notices.tell_applicant(notices.BURSARY_ASKED, agreement, request)
    notices.tell_staff(notices.BURSARY_TO_DECIDE, MoneyPermission.DECIDE_MONEY, agreement, request)
    return request
