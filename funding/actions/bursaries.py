"""Deciding requests for bursaries, with a reason, from a pot that cannot go below zero (B38)."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from cohorts.access import require_staff
from funding import telling
from funding.actions.funds import commit
from funding.models import BursaryRequest, FeeAgreement, FundingSource
from funding.states import AGREEMENT, BURSARY, Route
from funding.terms import terms_of
from steppingup.accounts.actors import NotAllowed, require_colleague
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import NotPossible


def _opened(request: BursaryRequest, by: User) -> FeeAgreement:
    """Check who decides; lock the agreement first, then the request, as every action here does."""
    agreement = FeeAgreement.objects.select_for_update().get(pk=request.agreement_id)
    require_staff(by, Permission.DECIDE_MONEY, agreement.cohort)
    if not isinstance(by, User):
        raise NotAllowed("A bursary is decided by a person.")
    require_colleague(by, agreement.person_id, "Nobody decides about their own bursary. Ask a colleague.")
    request.refresh_from_db()
    request.agreement = agreement
    return agreement


def _reason(text: str) -> str:
    if not text.strip():
        raise NotPossible("Give the reason for the decision. The applicant and the sponsor read it.")
    return text.strip()


def fee_of(request: BursaryRequest) -> Decimal:
    """The fee in pounds that the request is about."""
    agreement = request.agreement
    return agreement.amount if agreement.amount is not None else agreement.cohort.fee


@transaction.atomic
def grant(*, request: BursaryRequest, source: FundingSource, amount: Decimal, reason: str, by: User) -> BursaryRequest:
    """Grant `amount` pounds from a pot. The whole fee settles the place; with a part of it, the sponsor is asked to
    agree to the rest, and the part stays reserved until they answer.

    Raises NotPossible when it was decided already, the amount is nothing or more than the fee, or the pot has too
    little left."""
    agreement = _opened(request, by)
    BURSARY.check(request, "grant")
    fee = fee_of(request)
    if source.route != Route.BURSARY or source.programme_id != agreement.cohort.programme_id:
        raise NotPossible(f"{source.name} is not a bursary of {agreement.cohort.programme}.")
    if not 0 < amount <= fee:
        raise NotPossible(f"Give an amount above nothing and up to the fee, which is {pounds(fee)}.")
    text = _reason(reason)
    commit(source=source, agreement=agreement, amount=amount, reason=f"Bursary for {agreement.person}", by=by)
    now = timezone.now()
    BURSARY.move(request, "grant", source=source, amount=amount, decision_reason=text, decided_at=now, decided_by=by)
    values = {
        "route": Route.BURSARY,
        "source": source,
        "bursary_amount": amount,
        "terms": terms_of(agreement, fee, amount),
        "amount": fee,
    }
    if amount == fee:
        AGREEMENT.move(agreement, "grant_bursary", **values)
    else:
        AGREEMENT.move(agreement, "grant_part", **values, asked_at=now, answered_at=None, answered_by="")
    telling.send_all(telling.of_granting(request, amount, text))
    return request


@transaction.atomic
def refuse(*, request: BursaryRequest, reason: str, by: User) -> BursaryRequest:
    """Refuse, with a reason that applicant and sponsor are told; the sponsor is asked for the fee again.

    Raises NotPossible when it was decided already or no reason is given."""
    agreement = _opened(request, by)
    text = _reason(reason)
    now = timezone.now()
    BURSARY.move(request, "refuse", decision_reason=text, decided_at=now, decided_by=by)
    AGREEMENT.move(agreement, "refuse_bursary", asked_at=now, answered_at=None, answered_by="")
    telling.send_all(telling.of_refusing(request, text))
    return request
