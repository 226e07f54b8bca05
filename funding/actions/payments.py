"""Payments as they came in. Entries are only ever added; paid or not follows from the sums.

A payment is recorded from the invoice that it came in for. Where the payer said how much is for which, it is shared out so;
otherwise it is set against that one first, then against others of the same payer that were named, each up to what is outstanding.
What is left stays on the first as credit on account, which is refunded
or set against another invoice."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from funding.actions.shares import (
    NONE,
    Parts,
    PaymentForm,
    in_short,
    in_words,
    others_of_payer,
    require_parts,
    shares,
)
from funding.actions.standing import follow_sums
from funding.models import Allocation, Invoice, Payment
from funding.permissions import MoneyPermission
from funding.states import InvoiceStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.accounts.models import User
from steppingup.formats.english import day_date, pounds
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import ChosenFrom, Waiting, Weight, asking, step

#: Within this time the same payment is taken for one that was sent twice.
AT_ONCE = timedelta(minutes=2)


def require_other_place(by: Actor, invoice: Invoice) -> None:
    """Raises OwnRecord for whoever would write down that their own place is paid for."""
    about = invoice.agreement.person
    require_colleague(by, about, "You cannot record payments for your own place. Ask a colleague.")


def require_not_written_off(invoice: Invoice) -> None:
    refuse_if(
        invoice.status == InvoiceStatus.WRITTEN_OFF,
        f"Invoice {invoice} was written off. Take the write-off back first.",
        "written_off",
    )


def _meaning(
    invoice: Invoice, amount: Decimal | None = None, also: Iterable[Invoice] = (), parts: Parts | None = None, **_: Any
) -> str:
    if amount is None:
        return f"{pounds(invoice.outstanding)} is outstanding."
    return in_words(invoice, amount, list(also), parts or {})


@step(
    Invoice,
    "Record a payment",
    name="pay",
    past="Payment recorded",
    meaning=_meaning,
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_not_written_off,
    form=PaymentForm,
    undo="take_back",
    final="Reverse the payment: that adds an entry with the opposite sign.",
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.overdue(), "invoice is overdue", "invoices are overdue", 30),
)
def record(
    *,
    invoice: Invoice,
    amount: Decimal,
    on: date,
    reference: str = "",
    also: Iterable[Invoice] = (),
    parts: Parts | None = None,
    by: User,
) -> Payment:
    """Write down `amount` pounds that came in for this invoice, and perhaps for others of the same payer; `parts` says how many
    pounds are for which of these, by id, where the payer said so.

    Raises NotPossible for an amount that is not above nothing, a day to come or before the invoice, an invoice of somebody
    else, parts that cannot be; and for the very same a moment later: that is a button pressed twice."""
    typed = dict(parts or {})
    others = _lock([invoice, *also])[1:]  # two payments at once would each find the same pounds outstanding
    require_not_written_off(invoice)
    refuse_if(amount <= 0, "Enter an amount above zero.", "amount", field="amount")
    _require_day(on, [invoice, *others])
    named = {one.pk for one in others}
    strangers = named - set(others_of_payer(invoice).values_list("pk", flat=True))
    refuse_if(
        strangers or typed.keys() - named,
        "One payment is for invoices of one payer that are not paid yet.",
        "payer",
        field="also",
    )
    require_parts(amount, others, typed)
    reference = reference.strip()[:100]
    same = invoice.payments.filter(amount=amount, on=on, reference=reference, reverses=None, reversed_by=None)
    refuse_if(
        same.filter(recorded_at__gt=clock.now() - AT_ONCE).exists(),
        "This payment was recorded a moment ago. If the same amount came in twice, give each its own reference.",
        "twice",
        field="reference",
    )
    payment = Payment.objects.create(invoice=invoice, amount=amount, on=on, reference=reference, recorded_by=by)
    shared = shares(amount, invoice, others, typed)
    for one in others:
        _allocate(payment, one, shared[one.pk], by)
    _allocate(payment, invoice, amount - sum(shared.values(), NONE), by)
    for one in [*others, invoice]:
        follow_sums(one)
    return payment


def _require_day(on: date, invoices: list[Invoice]) -> None:
    sentence = "Enter the date the money came in. It cannot be in the future."
    refuse_if(on > clock.today(), sentence, "day", field="on")
    for one in invoices:
        refuse_if(
            on < one.issued_on,
            f"Invoice {one} was issued on {day_date(one.issued_on)}. A payment for it cannot be from before.",
            "day",
            field="on",
        )


def _lock(invoices: list[Invoice]) -> list[Invoice]:
    """Locked in the order of their keys, as two payments may be for the same two invoices. In the order given."""
    for one in sorted(invoices, key=lambda one: one.pk):
        one.lock()
    return invoices


def _allocate(payment: Payment, invoice: Invoice, amount: Decimal, by: Actor, reason: str = "") -> None:
    if amount:
        Allocation.objects.create(payment=payment, invoice=invoice, amount=amount, by=person(by), reason=reason[:300])


# -- reversing -------------------------------------------------------------------------------------

SAY_WHY = "Say why the payment is reversed."


def standing_payments(invoice: Invoice) -> Any:
    """Payments that came in for this invoice and were not reversed, the latest first."""
    return invoice.payments.filter(reverses=None, reversed_by=None).order_by("-recorded_at", "-pk")


def require_payment(invoice: Invoice) -> None:
    refuse_if(not standing_payments(invoice).exists(), "There is no payment to take back.", "no_payment")


@step(
    Invoice,
    "Reverse a payment",
    name="take_back",
    past="Payment reversed",
    meaning="A payment is never edited. This adds an entry with the opposite sign, and opens again what it paid.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_payment,
    form=asking(
        payment=ChosenFrom(
            Payment,
            standing_payments,
            lambda one: f"{one}{', ' if one.reference else ''}{one.reference}",
            label="Payment",
            error_messages={"required": "Choose the payment that was wrong."},
        ),
        reason=forms.CharField(
            label="Why", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": SAY_WHY}
        ),
    ),
    undo="pay",
    final="Record the payment again.",
)
def take_back(*, invoice: Invoice, payment: Payment, reason: str, by: User) -> Payment:
    """Correct a payment that was recorded wrongly by an entry with the opposite sign, wherever its money is by now.

    Raises NotPossible without a reason, and where it was not for this invoice or is reversed already."""
    set_against = Invoice.objects.filter(allocations__payment=payment).exclude(pk=invoice.pk).distinct()
    invoices = _lock([invoice, *set_against])
    text = required(reason, SAY_WHY)
    # Under the lock, so that one press takes one back.
    if not standing_payments(invoice).filter(pk=payment.pk).exists():
        raise NotPossible("There is no such payment to take back.", "no_payment", field="payment")
    entry = Payment.objects.create(
        invoice=invoice,
        amount=-payment.amount,
        on=clock.today(),
        reference=f"Reversed: {payment.reference}"[:100],
        reason=text,
        recorded_by=by,
        reverses=payment,
    )
    for one in invoices:
        held = sum((row.amount for row in one.allocations.filter(payment=payment)), Decimal(0))
        _allocate(entry, one, -held, by, text)
    for one in invoices:
        follow_sums(one)
    return entry


# -- credit on account -----------------------------------------------------------------------------


def require_credit(invoice: Invoice) -> None:
    """Raises NotPossible where nothing was paid above what is owed, or there is no other invoice to set it against."""
    refuse_if(invoice.on_account <= 0, f"No more was paid for invoice {invoice} than is owed.", "no_credit")
    refuse_if(not others_of_payer(invoice).exists(), "This payer has no other invoice to pay.", "no_other")


@step(
    Invoice,
    "Set the credit against another invoice",
    name="set_against",
    past="Credit set against another invoice",
    meaning=lambda invoice, **_: f"{pounds(invoice.on_account)} was paid for invoice {invoice} above what is owed.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_credit,
    form=asking(
        other=ChosenFrom(
            Invoice,
            others_of_payer,
            in_short,
            label="Invoice",
            error_messages={"required": "Choose the invoice that it pays."},
        )
    ),
    final="Reverse the payment and record it again for the right invoices.",
)
def set_against(*, invoice: Invoice, other: Invoice, by: User) -> Invoice:
    """What was paid too much for this invoice pays another of the same payer, as far as it goes. Returns that other.

    Raises NotPossible where nothing is left over, or the other is of somebody else or paid."""
    _lock([invoice, other])
    require_credit(invoice)
    if not others_of_payer(invoice).filter(pk=other.pk).exists():
        raise NotPossible("Choose an invoice of the same payer that is not paid yet.", "payer", field="other")
    left = min(invoice.on_account, other.outstanding)
    for pk, held in Allocation.objects.by_payment(invoice):
        share = min(left, held)
        if share <= 0:
            break
        payment, reason = Payment.objects.get(pk=pk), f"Set against invoice {other}"
        _allocate(payment, invoice, -share, by, reason)
        _allocate(payment, other, share, by, reason)
        left -= share
    follow_sums(invoice)
    return follow_sums(other)
