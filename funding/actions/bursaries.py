"""Deciding requests for bursaries, with a reason, from a pot that cannot go below zero (B38)."""

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils import timezone

from funding.actions.funds import commit
from funding.links import new_sponsor_link
from funding.models import BursaryRequest, FeeAgreement, FundingSource
from funding.notices import (
    BURSARY_GRANTED,
    BURSARY_GRANTED_SPONSOR,
    BURSARY_PART,
    BURSARY_PART_SPONSOR,
    BURSARY_REFUSED,
    BURSARY_REFUSED_SPONSOR,
    tell_applicant,
    tell_sponsor,
)
from funding.permissions import MoneyPermission
from funding.queries import pots_for
from funding.states import AGREEMENT, BURSARY, Route
from funding.terms import terms_of
from steppingup.accounts.actors import Actor, NotAllowed, require_colleague
from steppingup.accounts.models import User
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, step

REASON = "Enter the reason for the decision. The applicant and the sponsor will read it."


class DecisionForm(StepForm):
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea,
        help_text="The applicant and the sponsor will read this.",
        error_messages={"required": REASON},
    )


class GrantForm(DecisionForm):
    source = ChosenFrom(
        FundingSource,
        lambda request: pots_for(request.agreement),
        lambda pot: f"{pot.name} ({pounds(pot.left)} left)",
        label="Which pot",
        empty_label="Choose one",
        error_messages={"required": "Choose the pot that pays."},
    )
    amount = forms.DecimalField(
        label="Amount in pounds",
        max_digits=9,
        decimal_places=2,
        help_text="If it is less than the fee, we ask the sponsor to agree to the rest.",
        error_messages={"required": "Enter the amount in pounds."},
    )
    field_order = ("source", "amount", "reason")


def require_other_person(by: Actor, request: BursaryRequest) -> None:
    """Raises NotAllowed for the system, and for whoever would decide about their own bursary."""
    if not isinstance(by, User):
        raise NotAllowed("Only a person can decide about a bursary.")
    require_colleague(by, request.agreement.person_id, "You cannot decide about your own bursary. Ask a colleague.")


def require_pot(request: BursaryRequest) -> None:
    """Raises NotPossible where nothing could be granted."""
    refuse_if(
        not pots_for(request.agreement).exists(),
        "This programme has no open bursary pot, so you can only refuse.",
        "no_pot",
    )


def _opened(request: BursaryRequest) -> FeeAgreement:
    """Lock the agreement first, then the request, as every action here does."""
    agreement = request.agreement.lock()
    request.refresh_from_db()
    request.agreement = agreement
    return agreement


def _asked(request: BursaryRequest) -> str:
    agreement = request.agreement
    return f"The fee is {pounds(agreement.fee)}. {agreement.sponsor_name} wrote: “{request.reason}”"


def _meaning_of_granting(request: BursaryRequest, amount: Decimal | None = None, **_: Any) -> str:
    if amount is None:
        return _asked(request)
    rest = "" if amount >= request.agreement.fee else " We will ask the sponsor to agree to the rest."
    return f"A bursary pays {pounds(amount)} of {pounds(request.agreement.fee)}.{rest}"


@step(
    BursaryRequest,
    "Grant the bursary",
    noun="request",
    past="Granted",
    story="A bursary was granted",
    meaning=_meaning_of_granting,
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_person,
    lifecycle=BURSARY,
    policy=require_pot,
    explains=True,
    form=GrantForm,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.waiting(),
        "bursary request is waiting for a decision",
        "bursary requests are waiting for a decision",
        10,
    ),
)
def grant(*, request: BursaryRequest, source: FundingSource, amount: Decimal, reason: str, by: User) -> BursaryRequest:
    """Grant `amount` pounds from a pot. The whole fee settles the place; with a part of it, the sponsor is asked to
    agree to the rest, and the part stays reserved until they answer.

    Raises NotPossible when it was decided already, the amount is nothing or more than the fee, or the pot has too
    little left."""
    agreement = _opened(request)
    BURSARY.check(request, "grant")
    fee = agreement.fee
    refuse_if(
        source.route != Route.BURSARY or source.programme_id != agreement.cohort.programme_id,
        f"{source.name} is not a bursary for {agreement.cohort.programme}.",
        "other_fund",
        field="source",
    )
    refuse_if(
        not 0 < amount <= fee,
        f"Enter an amount above zero and up to the fee, which is {pounds(fee)}.",
        "amount",
        field="amount",
    )
    now, text = timezone.now(), required(reason, REASON)
    commit(source=source, agreement=agreement, amount=amount, reason=f"Bursary for {agreement.person}", by=by)
    BURSARY.move(request, "grant", source=source, amount=amount, decision_reason=text, decided_at=now, decided_by=by)
    values = {
        "route": Route.BURSARY,
        "source": source,
        "bursary_amount": amount,
        **terms_of(agreement, fee, amount),
        "amount": fee,
    }
    if amount == fee:
        AGREEMENT.move(agreement, "grant_bursary", **values)
        tell_applicant(BURSARY_GRANTED, agreement, request)
        tell_sponsor(BURSARY_GRANTED_SPONSOR, agreement, request)
    else:
        AGREEMENT.move(agreement, "grant_part", **values, asked_at=now, answered_at=None, answered_by="")
        tell_applicant(BURSARY_PART, agreement, request)
        tell_sponsor(BURSARY_PART_SPONSOR, agreement, request, link=partial(new_sponsor_link, agreement))
    return request


@step(
    BursaryRequest,
    "Refuse the bursary",
    noun="request",
    past="Refused",
    story="The bursary was refused",
    meaning=lambda request, **_: f"{_asked(request)} We will ask the sponsor to pay the fee again.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_person,
    lifecycle=BURSARY,
    form=DecisionForm,
    weight=Weight.DANGER,
)
def refuse(*, request: BursaryRequest, reason: str, by: User) -> BursaryRequest:
    """Refuse, with a reason that applicant and sponsor are told; the sponsor is asked for the fee again.

    Raises NotPossible when it was decided already or no reason is given."""
    agreement = _opened(request)
    text, now = required(reason, REASON), timezone.now()
    BURSARY.move(request, "refuse", decision_reason=text, decided_at=now, decided_by=by)
    AGREEMENT.move(agreement, "refuse_bursary", asked_at=now, answered_at=None, answered_by="")
    tell_applicant(BURSARY_REFUSED, agreement, request)
    tell_sponsor(BURSARY_REFUSED_SPONSOR, agreement, request, link=partial(new_sponsor_link, agreement))
    return request
