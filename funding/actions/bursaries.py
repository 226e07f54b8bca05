"""Deciding requests for bursaries, with a reason, from a pot that cannot go below zero (B38). One person proposes, another
confirms: never the same, also not whoever may do everything, and never the person whose place it is."""

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms

from funding.actions.funds import commit, require_left
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
from funding.states import AGREEMENT, BURSARY, Outcome, Route
from funding.terms import terms_of
from steppingup import clock
from steppingup.accounts import actors
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
    require_colleague(by, request.agreement.person, "You cannot decide about your own bursary. Ask a colleague.")


def require_pot(request: BursaryRequest) -> None:
    """Raises NotPossible where nothing could be granted."""
    refuse_if(
        not pots_for(request.agreement).exists(),
        "This programme has no open bursary pot, so you can only refuse.",
        "no_pot",
    )


def require_second_person(by: Actor, request: BursaryRequest) -> None:
    """Raises NotAllowed for whoever proposed the decision, and as `require_other_person`."""
    require_other_person(by, request)
    actors.require_second_person(by, request.proposed_by, "confirm it")


def require_second_person_back(by: Actor, request: BursaryRequest) -> None:
    """As `require_second_person`, in words for whoever would take the decision back."""
    require_other_person(by, request)
    actors.require_second_person(by, request.proposed_by, "take the decision back")


def _opened(request: BursaryRequest) -> FeeAgreement:
    """Lock the agreement first, then the request, as every action here does."""
    agreement = request.agreement.lock()
    request.refresh_from_db()
    request.agreement = agreement
    return agreement


def _asked(request: BursaryRequest) -> str:
    agreement = request.agreement
    return f"The fee is {pounds(agreement.fee)}. {agreement.sponsor_name} wrote: “{request.reason}”"


def _then(request: BursaryRequest) -> str:
    if request.agreement.self_paid:
        return "They can still agree to pay the fee themselves."
    return "We will ask the sponsor to pay the fee again."


SECOND = "Nobody is told until a second person has confirmed it."


def _meaning_of_granting(request: BursaryRequest, amount: Decimal | None = None, **_: Any) -> str:
    if amount is None:
        return f"{_asked(request)} {SECOND}"
    who = "them" if request.agreement.self_paid else "the sponsor"
    rest = "" if amount >= request.agreement.fee else f" We will ask {who} to agree to the rest."
    return f"A bursary pays {pounds(amount)} of {pounds(request.agreement.fee)}.{rest} {SECOND}"


def _require_grantable(agreement: FeeAgreement, source: FundingSource | None, amount: Decimal | None) -> None:
    refuse_if(
        source is None or source.route != Route.BURSARY or source.programme_id != agreement.cohort.programme_id,
        f"{source} is not a bursary for {agreement.cohort.programme}.",
        "other_fund",
        field="source",
    )
    refuse_if(
        amount is None or not 0 < amount <= agreement.fee,
        f"Enter an amount above zero and up to the fee, which is {pounds(agreement.fee)}.",
        "amount",
        field="amount",
    )


@step(
    BursaryRequest,
    "Propose to grant the bursary",
    noun="request",
    past="Proposed to be granted",
    meaning=_meaning_of_granting,
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_person,
    lifecycle=BURSARY,
    moves=("propose",),
    policy=require_pot,
    explains=True,
    form=GrantForm,
    undo="send_back",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.waiting(),
        "bursary request is waiting for a decision",
        "bursary requests are waiting for a decision",
        10,
    ),
)
def propose_grant(
    *, request: BursaryRequest, source: FundingSource, amount: Decimal, reason: str, by: User
) -> BursaryRequest:
    """Propose to grant `amount` pounds from a pot. A second person confirms it; until then nothing changes.

    Raises NotPossible when it was decided already, the amount is nothing or more than the fee, or the pot has too
    little left."""
    agreement = _opened(request)
    BURSARY.check(request, "propose")
    _require_grantable(agreement, source, amount)
    require_left(source, agreement, amount)
    return _propose(request, Outcome.GRANT, reason, by, source=source, amount=amount)


@step(
    BursaryRequest,
    "Propose to refuse the bursary",
    noun="request",
    past="Proposed to be refused",
    meaning=lambda request, **_: f"{_asked(request)} {_then(request)} {SECOND}",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_person,
    lifecycle=BURSARY,
    moves=("propose",),
    form=DecisionForm,
    undo="send_back",
    weight=Weight.DANGER,
)
def propose_refusal(*, request: BursaryRequest, reason: str, by: User) -> BursaryRequest:
    """Propose to refuse, with a reason that applicant and sponsor are told once a second person has confirmed it.

    Raises NotPossible when it was decided already or no reason is given."""
    _opened(request)
    BURSARY.check(request, "propose")
    return _propose(request, Outcome.REFUSE, reason, by, source=None, amount=None)


def _propose(request: BursaryRequest, outcome: Outcome, reason: str, by: User, **values: Any) -> BursaryRequest:
    proposed = {"proposed_outcome": outcome, "proposed_by": by, "proposed_at": clock.now()}
    return BURSARY.move(request, "propose", decision_reason=required(reason, REASON), **proposed, **values)


def _proposed(request: BursaryRequest, **_: Any) -> str:
    """What the second person reads before they confirm it."""
    what = "refuse it"
    if request.proposed_outcome == Outcome.GRANT:
        what = f"grant {pounds(request.amount)} of {pounds(request.agreement.fee)} from {request.source}"
    return f"{_asked(request)} {request.proposed_by} proposes to {what}: “{request.decision_reason}”"


@step(
    BursaryRequest,
    "Confirm the decision",
    noun="request",
    past="Decided",
    story="The bursary was decided",
    meaning=_proposed,
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_second_person,
    back_guard=require_second_person_back,
    lifecycle=BURSARY,
    moves=("grant", "refuse"),
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.proposed(),
        "bursary decision waits for a second person",
        "bursary decisions wait for a second person",
        12,
    ),
)
def confirm(*, request: BursaryRequest, by: User) -> BursaryRequest:
    """A second person confirms what was proposed: the bursary is granted or refused, and applicant and sponsor are told.

    Raises NotPossible when nothing is proposed, or the pot has too little left by now."""
    agreement = _opened(request)
    granting = request.proposed_outcome == Outcome.GRANT
    BURSARY.check(request, "grant" if granting else "refuse")
    if granting:
        _grant(request, agreement, by)
    else:
        _refuse(request, agreement, by)
    return request


def _grant(request: BursaryRequest, agreement: FeeAgreement, by: User) -> None:
    """The whole fee settles the place; with a part of it, the sponsor is asked to agree to the rest, and the part stays
    reserved until they answer."""
    _require_grantable(agreement, request.source, request.amount)
    source: Any = request.source
    amount: Any = request.amount
    fee, now = agreement.fee, clock.now()
    commit(source=source, agreement=agreement, amount=amount, reason=f"Bursary for {agreement.person}", by=by)
    BURSARY.move(request, "grant", decided_at=now, decided_by=by)
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
        if not agreement.self_paid:
            tell_sponsor(BURSARY_GRANTED_SPONSOR, agreement, request)
    else:
        AGREEMENT.move(agreement, "grant_part", **values, asked_at=now, answered_at=None, answered_by="")
        tell_applicant(BURSARY_PART, agreement, request)
        if not agreement.self_paid:
            tell_sponsor(BURSARY_PART_SPONSOR, agreement, request, link=partial(new_sponsor_link, agreement))


def _refuse(request: BursaryRequest, agreement: FeeAgreement, by: User) -> None:
    now = clock.now()
    BURSARY.move(request, "refuse", decided_at=now, decided_by=by)
    AGREEMENT.move(agreement, "refuse_bursary", asked_at=now, answered_at=None, answered_by="")
    tell_applicant(BURSARY_REFUSED, agreement, request)
    if agreement.self_paid:
        return
    tell_sponsor(BURSARY_REFUSED_SPONSOR, agreement, request, link=partial(new_sponsor_link, agreement))


@step(
    BursaryRequest,
    "Send it back",
    noun="request",
    past="Sent back",
    meaning="What was proposed does not count, and the request waits for a decision again. Nobody is told.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_person,
    lifecycle=BURSARY,
    undo="propose_grant",
)
def send_back(*, request: BursaryRequest, by: User) -> BursaryRequest:
    """Whoever proposed it thinks better of it, or a second person does not agree: it waits for a decision again."""
    _opened(request)
    nothing: dict[str, Any] = {"proposed_outcome": "", "proposed_by": None, "proposed_at": None}
    return BURSARY.move(request, "send_back", decision_reason="", source=None, amount=None, **nothing)
