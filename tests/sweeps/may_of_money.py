"""Who may act on money: agreements, bursaries, invoices, payments, and what corrects them."""

from decimal import Decimal
from typing import Any

from funding.actions import payments
from tests.factories.cohorts import day
from tests.sweeps.may import MONEY, PAYING, Row
from tests.sweeps.world import World


def of_stranger(w: World) -> Any:
    """An agreement about the place of somebody who is not among those who try."""
    return {"agreement": w.asked}


FUNDING = [
    Row(
        "funding.actions.agreements.begin",
        PAYING,
        lambda w: {"cohort": w.open_cohort, "person": w.asked.person, "employer": None, "employer_name": "Another"},
    ),
    Row(
        "funding.actions.agreements.ask",
        PAYING,
        lambda w: {"agreement": w.asked, "sponsor_name": "Sam", "sponsor_email": "another@example.org"},
    ),
    Row("funding.actions.agreements.take_back", PAYING, of_stranger),
    Row("funding.actions.agreements.settle_internally", PAYING, lambda w: {"agreement": w.asked, "source": w.fund}),
    Row("funding.actions.agreements.ask_again", PAYING, of_stranger),
    Row("funding.actions.borne.settle_by_provider", PAYING, of_stranger),
    Row("funding.actions.borne.bear", MONEY, of_stranger),
    Row("funding.actions.agreements.fund", MONEY, lambda w: {"agreement": w.asked, "source": w.fund}),
    Row("funding.actions.anew.begin_again", MONEY, lambda w: {"agreement": w.asked}),
    Row("funding.actions.agreements.release", PAYING, lambda w: {"agreement": w.asked, "reason": "Not needed."}),
    Row("funding.actions.endings.settle", MONEY, of_stranger),
    Row("funding.actions.after_death.let_stand", MONEY, of_stranger),
    Row("funding.actions.endings.return_to_fund", MONEY, lambda w: {"agreement": w.asked, "reason": "Illness."}),
    Row("funding.actions.liability.tell", (), lambda w: {"case": w.case, "text": "She is still ill."}),
    Row("funding.actions.liability.appeal", (), lambda w: {"case": w.case, "text": "She is ill."}),
    Row(
        "funding.actions.liability.decide",
        MONEY,
        lambda w: {"case": w.case, "outcome": "reduced", "amount": Decimal(1), "reason": "So it is."},
    ),
    Row(
        "funding.actions.liability.decide_appeal",
        MONEY,
        lambda w: {"case": w.case, "outcome": "stands", "reason": "So it is."},
    ),
    Row("funding.actions.liability.invoice", MONEY, lambda w: {"case": w.case}),
    Row("funding.actions.liability.reopen", MONEY, lambda w: {"case": w.case, "why": "We have heard more."}),
    Row("funding.actions.answers.agree", (), lambda w: {"agreement": w.asked, **dict.fromkeys(AGREEING, "x")}),
    Row("funding.actions.answers.ask_for_bursary", (), lambda w: {"agreement": w.asked, "reason": "No budget."}),
    Row("funding.actions.own.agree_oneself", (), lambda w: {"agreement": w.asked, "billing_address": "x"}),
    Row("funding.actions.own.ask_for_own_bursary", (), lambda w: {"agreement": w.asked, "reason": "Too little."}),
    Row(
        "funding.actions.behalf.agree_on_paper",
        (),
        lambda w: {"agreement": w.asked, "name": "x", "job_title": "x", "billing_address": "x"},
    ),
    Row("funding.actions.answers.decline", (), lambda w: {"agreement": w.asked, "reason": "No."}),
    Row(
        "funding.actions.bursaries.propose_grant",
        MONEY,
        lambda w: {"request": w.bursary, "source": w.fund, "amount": Decimal(1), "reason": "Yes."},
    ),
    Row("funding.actions.bursaries.propose_refusal", MONEY, lambda w: {"request": w.bursary, "reason": "No."}),
    Row("funding.actions.bursaries.confirm", MONEY, lambda w: {"request": w.bursary}),
    Row("funding.actions.bursaries.send_back", MONEY, lambda w: {"request": w.bursary}),
    Row("funding.actions.chasing.stop_chasing", MONEY, lambda w: {"invoice": w.invoice, "reason": "They will pay."}),
    Row("funding.actions.chasing.chase_again", MONEY, lambda w: {"invoice": w.invoice}),
    Row("funding.actions.invoices.issue", MONEY, lambda w: {"agreement": w.agreement}),
    Row("funding.actions.invoices.send_again", MONEY, lambda w: {"invoice": w.invoice}),
    Row("funding.actions.payments.record", MONEY, lambda w: {"invoice": w.invoice, "amount": Decimal(1), "on": day(0)}),
    Row(
        "funding.actions.payments.take_back",
        MONEY,
        lambda w: {"payment": payment(w), "invoice": w.invoice, "reason": "No."},
    ),
    Row("funding.actions.payments.set_against", MONEY, lambda w: {"invoice": payment(w).invoice, "other": w.invoice}),
    Row(
        "funding.actions.credits.credit", MONEY, lambda w: {"invoice": w.invoice, "amount": Decimal(1), "reason": "No."}
    ),
    Row("funding.actions.adjustments.propose_write_off", MONEY, lambda w: proposal(w)),
    Row("funding.actions.adjustments.propose_refund", MONEY, lambda w: proposal(w)),
    Row("funding.actions.adjustments.confirm", MONEY, lambda w: {"adjustment": w.adjustment}),
    Row("funding.actions.adjustments.confirm_refund", MONEY, lambda w: {"adjustment": w.adjustment, "on": day(0)}),
    Row("funding.actions.adjustments.decline", MONEY, lambda w: {"adjustment": w.adjustment, "reason": "No."}),
    Row("funding.actions.adjustments.withdraw", (), lambda w: {"adjustment": w.adjustment}),
    Row("funding.actions.adjustments.take_back", MONEY, lambda w: {"adjustment": w.adjustment, "reason": "No."}),
]
AGREEING = ("name", "job_title", "purchase_order", "billing_address")


def payment(w: World) -> Any:
    return payments.record(invoice=w.invoice, amount=Decimal(1), on=day(0), by=w.finance)


def proposal(w: World) -> dict[str, Any]:
    return {"invoice": w.invoice, "amount": Decimal(1), "reason": "They have closed."}
