"""What an employer owes because somebody has left: told of circumstances, decided, appealed against, and settled (N13 to N15).

One person decides, and somebody else about an appeal. Where nothing is told in time, what the terms say stands. In the end it is
waived, and the money let go, or it is owed and invoiced like every fee. Locks: agreement, case, fund."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction

from funding import liability_notices as notices
from funding.actions import invoices
from funding.actions.endings import let_go, tell_finance
from funding.actions.funds import give_back
from funding.actions.liability_forms import AppealDecisionForm, AppealForm, DecisionForm, TellForm
from funding.links import CASE_LINK
from funding.models import Evidence, Invoice, LiabilityCase, Statement
from funding.permissions import MoneyPermission
from funding.states import LIABILITY, CaseOutcome, CaseStatus, Route
from steppingup import clock
from steppingup.accounts import actors
from steppingup.accounts.actors import SYSTEM, Actor, LinkHolder, NotAllowed, person, require_colleague
from steppingup.accounts.models import User
from steppingup.files.models import StoredFile
from steppingup.formats.english import day_date, pounds
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import Waiting, Weight, asking, step

logger = logging.getLogger(__name__)
DECIDE = MoneyPermission.DECIDE_MONEY
NOTHING: dict[str, Any] = {"outcome": "", "reason": "", "decided_at": None, "decided_by": None, "appeal_until": None}
NO_APPEAL: dict[str, Any] = {
    "appeal_outcome": "",
    "appeal_reason": "",
    "appeal_decided_at": None,
    "appeal_decided_by": None,
}


# -- who may ---------------------------------------------------------------------------------------


def require_party(by: Actor, case: LiabilityCase) -> None:
    """Raises NotAllowed for anybody but the participant and whoever holds the employer's link."""
    link = by.link if isinstance(by, LinkHolder) else None
    of_employer = link is not None and link.purpose == CASE_LINK and link.target == case
    if by != case.agreement.person and not of_employer:
        raise NotAllowed(f"{by} may not speak for the participant or the employer.")


def require_other_place(by: Actor, case: LiabilityCase) -> None:
    """Raises NotAllowed for the system, and OwnRecord for whoever it is about."""
    if not isinstance(by, User):
        raise NotAllowed("Only a person can decide what is owed.")
    require_colleague(
        by, case.agreement.person, "You cannot decide about what is owed for your own place. Ask a colleague."
    )


def require_second_person(by: Actor, case: LiabilityCase) -> None:
    """Raises OwnRecord for whoever decided before, and as `require_other_place`."""
    require_other_place(by, case)
    actors.require_second_person(by, case.decided_by, "decide the appeal")


# -- told by the participant or the employer -------------------------------------------------------


def require_in_time(case: LiabilityCase) -> None:
    """Raises NotPossible once the days to tell of circumstances, or to appeal, have passed."""
    refuse_if(
        case.is_over,
        f"This was possible until {day_date(case.appeal_until or case.ask_until)}. If something stood in your way, write to us.",
        "too_late",
    )


def _write_down(
    case: LiabilityCase, kind: Statement.Kind, text: str, files: Sequence[StoredFile], by: Actor
) -> Statement:
    of_employer = isinstance(by, LinkHolder)
    agreement = case.agreement
    refuse_if(
        case.statements.filter(kind=kind, by_employer=of_employer, text=text).exists(),
        "You have sent us this already. Add to it only what is new.",
        "already",
        field="text",
    )
    statement = Statement.objects.create(
        case=case,
        kind=kind,
        by_employer=of_employer,
        by=person(by),
        name=(agreement.sponsor_name if of_employer else str(agreement.person))[:150],
        text=text,
    )
    for file in files:  # one that was sent with what was told before stays there
        Evidence.objects.get_or_create(file=file, defaults={"statement": statement})
    return statement


ADD = "What you send cannot be changed, but you can add to it until we have decided."


@step(
    LiabilityCase,
    "Tell us of circumstances",
    noun="case",
    past="Circumstances told",
    story="You told us of circumstances",
    guard=require_party,
    lifecycle=LIABILITY,
    policy=require_in_time,
    form=TellForm,
    final=ADD,
    weight=Weight.STRONG,
)
def tell(*, case: LiabilityCase, text: str, files: Sequence[StoredFile] = (), by: Actor) -> LiabilityCase:
    """The participant or the employer asks us to take account of extenuating circumstances, with files or without (N14). Only those
    who decide read it. Raises NotPossible without words, once it was decided, or too late."""
    require_in_time(case.lock())
    said = required(text, "Tell us what happened.", "text")
    LIABILITY.move(case, "tell")
    statement = _write_down(case, Statement.Kind.CIRCUMSTANCES, said, files, by)
    notices.tell_of_statement(case, statement)
    return case


@step(
    LiabilityCase,
    "Appeal",
    noun="case",
    past="Appealed",
    story="You appealed",
    guard=require_party,
    lifecycle=LIABILITY,
    policy=require_in_time,
    form=AppealForm,
    final="There is one appeal. What you send cannot be changed.",
    weight=Weight.STRONG,
)
def appeal(*, case: LiabilityCase, text: str, files: Sequence[StoredFile] = (), by: Actor) -> LiabilityCase:
    """The participant or the employer does not agree with the decision; somebody else decides. There is one appeal."""
    require_in_time(case.lock())
    said = required(text, "Tell us why the decision should be another one.", "text")
    LIABILITY.move(case, "appeal")
    statement = _write_down(case, Statement.Kind.APPEAL, said, files, by)
    notices.tell_of_statement(case, statement)
    return case


# -- decided ---------------------------------------------------------------------------------------


def _pounds_of(case: LiabilityCase, outcome: str, amount: Decimal | None) -> Decimal:
    """What is owed after this decision. Raises NotPossible for a reduction that is none."""
    if outcome == CaseOutcome.WAIVED:
        return Decimal(0)
    if outcome != CaseOutcome.REDUCED:
        return case.owed
    refuse_if(
        amount is None or not 0 < amount < case.owed,
        f"Enter an amount above zero and below {pounds(case.owed)}, which is owed as it stands.",
        "amount",
        field="amount",
    )
    return amount  # type: ignore[return-value]  # it was refused where there is none


def _meaning(case: LiabilityCase, **_: Any) -> str:
    return f"{pounds(case.owed)} is owed as it stands, by the terms that {case.agreement.employer_display} agreed to."


@step(
    LiabilityCase,
    "Decide what is owed",
    noun="case",
    past="Decided",
    story="It was decided what your employer owes",
    meaning=_meaning,
    permission=DECIDE,
    guard=require_other_place,
    lifecycle=LIABILITY,
    moves=("decide", "waive"),
    form=DecisionForm,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_decide(),
        "request about circumstances after leaving is to be decided",
        "requests about circumstances after leaving are to be decided",
        11,
    ),
)
def decide(*, case: LiabilityCase, outcome: str, reason: str, amount: Decimal | None = None, by: User) -> LiabilityCase:
    """Waive what is owed, reduce it, or let it stand, with a reason that both read (N14). Unless it is waived, both can appeal.

    While nobody has told us anything it can only be waived."""
    case.lock()
    text = required(reason, "Give the reason. The participant and the employer will read it.")
    LIABILITY.check(case, "waive")
    owed = _pounds_of(case, outcome, amount)
    refuse_if(
        case.status == CaseStatus.OPEN and owed > 0,
        f"Until {day_date(case.ask_until)} they can still tell us of circumstances. Before that you can only waive it.",
        "too_early",
        field="outcome",
    )
    now = clock.now()
    decided = {"outcome": outcome, "reason": text, "decided_at": now, "decided_by": by, "owed": owed}
    if not owed:
        return _waive(case, "waive", decided, text, by)
    until = clock.today() + timedelta(days=case.agreement.appeal_days)
    LIABILITY.move(case, "decide", **decided, appeal_until=until)
    _follow(case)
    notices.tell_of_decision(case)
    return case


@step(
    LiabilityCase,
    "Decide the appeal",
    noun="case",
    past="Appeal decided",
    story="The appeal was decided",
    meaning=lambda case, **_: f"{_meaning(case)} {case.decided_by} decided: “{case.reason}”",
    permission=DECIDE,
    guard=require_second_person,
    lifecycle=LIABILITY,
    moves=("decide_appeal", "allow_appeal"),
    form=AppealDecisionForm,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.appeals_to_decide(),
        "appeal about what is owed waits for somebody else than decided before",
        "appeals about what is owed wait for somebody else than decided before",
        12,
    ),
)
def decide_appeal(
    *, case: LiabilityCase, outcome: str, reason: str, amount: Decimal | None = None, by: User
) -> LiabilityCase:
    """Somebody else than before decides about the appeal, and that is the end of it: waived, reduced, or it stands."""
    require_second_person(by, case.lock())
    text = required(reason, "Give the reason. The participant and the employer will read it.")
    LIABILITY.check(case, "decide_appeal")
    owed, now = _pounds_of(case, outcome, amount), clock.now()
    decided = {"appeal_outcome": outcome, "appeal_reason": text, "appeal_decided_at": now, "appeal_decided_by": by}
    if not owed:
        return _waive(case, "allow_appeal", {**decided, "owed": owed}, text, by)
    return _owe(case, "decide_appeal", by, owed=owed, **decided)


def _follow(case: LiabilityCase) -> None:
    """What the agreement says is owed is what the case says."""
    case.agreement.owed = case.owed
    case.agreement.save(update_fields=["owed"])


def _waive(case: LiabilityCase, move: str, decided: dict[str, Any], reason: str, by: Actor) -> LiabilityCase:
    LIABILITY.move(case, move, **decided, ended_at=clock.now())
    agreement = case.agreement
    notices.tell_of_end(case)
    tell_finance(agreement, reason, let_go(agreement, reason, by))
    return case


def _owe(case: LiabilityCase, move: str, by: Actor, **values: Any) -> LiabilityCase:
    """It is owed for good. What the employer bears of a place that a fund paid for goes back to the fund."""
    LIABILITY.move(case, move, ended_at=clock.now(), **values)
    _follow(case)
    agreement = case.agreement
    settled = [f"{agreement.employer_display} owes {pounds(case.owed)}."]
    if agreement.route == Route.INTERNAL:
        back = give_back(agreement=agreement, reason=f"{agreement.person} has left.", by=by, most=case.owed)
        settled += [f"{pounds(amount)} has gone back to {fund.name}." for fund, amount in back]
    invoice = agreement.billed
    if invoice is None:
        settled.append("The invoice is to be issued.")
    elif invoice.amount - invoice.credited > case.owed:
        settled.append(f"Invoice {invoice} is over more than that: credit the rest.")
        if (back := invoice.received - invoice.refunded - case.owed) > 0:
            settled.append(f"{pounds(back)} more was paid for it than is owed, and has to be returned.")
    elif invoice.amount - invoice.credited < case.owed:
        settled.append(
            f"Invoice {invoice} is over less than that: credit it, and issue another from the liability case."
        )
    notices.tell_of_end(case)
    tell_finance(agreement, f"It is settled what is owed as {agreement.person} has left.", settled)
    return case


# -- afterwards ------------------------------------------------------------------------------------


def require_to_invoice(case: LiabilityCase) -> None:
    """Raises NotPossible while it is not settled, and where an invoice stands."""
    refuse_if(case.status != CaseStatus.OWED, "It is not settled yet that anything is owed.", "undecided")
    invoices.require_invoiceable(case.agreement)


@step(
    LiabilityCase,
    "Issue the invoice for it",
    name="invoice",
    noun="case",
    past="Invoice issued",
    meaning=lambda case, **_: (
        f"The invoice over {pounds(case.owed)} gets the next number, and cannot be changed afterwards."
    ),
    permission=DECIDE,
    guard=require_other_place,
    policy=require_to_invoice,
    final="An invoice keeps its number and wording for good. A mistake is corrected by a credit note.",
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_invoice(),
        "amount owed after leaving is to be invoiced",
        "amounts owed after leaving are to be invoiced",
        21,
    ),
)
def invoice(*, case: LiabilityCase, by: Actor) -> Invoice:
    """As every invoice, with the next number of the series."""
    require_to_invoice(case.lock())
    return invoices.issue(agreement=case.agreement, by=by)


REOPEN_WHY = "Say what has come to light."


@step(
    LiabilityCase,
    "Open it again",
    noun="case",
    past="Opened again",
    story="It is looked at again what your employer owes",
    meaning="They can tell us of circumstances again, and it is decided anew. Nobody is reminded of an invoice in the meantime.",
    permission=DECIDE,
    guard=require_other_place,
    lifecycle=LIABILITY,
    form=asking(
        why=forms.CharField(
            label="Why",
            help_text="The participant and the employer will read this. Say nothing about anybody’s health.",
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": REOPEN_WHY},
        )
    ),
)
def reopen(*, case: LiabilityCase, why: str, by: User) -> LiabilityCase:
    """Something has come to light after it was settled (N14). The days run from today again."""
    text = required(why, REOPEN_WHY, "why")
    LIABILITY.check(case.lock(), "reopen")
    until = clock.today() + timedelta(days=case.agreement.circumstances_days)
    again: dict[str, Any] = {**NOTHING, **NO_APPEAL, "ended_at": None, "ask_until": until, "owed": case.assessed}
    LIABILITY.move(case, "reopen", **again)
    _follow(case)
    notices.tell_of_opening(case, text)
    return case


def lapse_due(*, by: Actor = SYSTEM) -> int:
    """Every case whose days have passed without a word: what was owed stands, and both are told. Returns how many; safe to run again."""
    done = 0
    for pk in LiabilityCase.objects.lapsed().order_by("pk").values_list("pk", flat=True):
        # Each in a transaction of its own, so that one that cannot be ended does not keep the others waiting.
        try:
            with transaction.atomic():
                case = LiabilityCase.objects.for_steps().get(pk=pk).lock()
                if case.is_over:  # nobody has told us anything since
                    _owe(case, "lapse", by)
                    done += 1
        except Exception:
            logger.exception("Liability case %s could not be ended.", pk)
    return done


#: For so long what was told is kept once it was settled.
KEPT_FOR = timedelta(days=365)


def forget_due() -> int:
    """What was told, and its files, are removed a year after the case was settled; what was decided stays."""
    due = LiabilityCase.objects.to_forget(clock.today() - KEPT_FOR)
    rows = Statement.objects.filter(case__in=due.values("pk"))
    number = rows.count()
    rows.delete()
    return number
