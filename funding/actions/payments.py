"""Payments for an invoice, and taking one back. Entries are only ever added; paid or not follows from their sum."""

from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.utils import timezone

from funding.models import Invoice, Payment
from funding.permissions import MoneyPermission
from funding.states import INVOICE, InvoiceStatus
from steppingup.accounts.actors import Actor, require_colleague
from steppingup.accounts.models import User
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import StepForm, Waiting, Weight, step

#: Within this time the same payment is taken for one that was sent twice.
AT_ONCE = timedelta(minutes=2)


class PaymentForm(StepForm):
    amount = forms.DecimalField(
        label="Amount received, in pounds",
        max_digits=9,
        decimal_places=2,
        error_messages={"required": "Enter the amount received."},
    )
    on = forms.DateField(
        label="Date received",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
        error_messages={"required": "Enter the date the money came in."},
    )
    reference = forms.CharField(
        label="Reference", max_length=100, required=False, help_text="As it appears on the bank statement."
    )


def require_other_place(by: Actor, invoice: Invoice) -> None:
    """Raises OwnRecord for whoever would write down that their own place is paid for."""
    person = invoice.agreement.person_id
    require_colleague(by, person, "You cannot record payments for your own place. Ask a colleague.")


@step(
    Invoice,
    "Record a payment",
    name="pay",
    past="Payment recorded",
    meaning="The invoice counts as paid once nothing is outstanding.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    lifecycle=INVOICE,
    form=PaymentForm,
    undo="take_back",
    final="Take the last payment back: that adds an entry with the opposite sign.",
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.overdue(), "invoice is overdue", "invoices are overdue", 30),
)
def record(*, invoice: Invoice, amount: Decimal, on: date, reference: str = "", by: User) -> Payment:
    """Write down `amount` pounds that came in. When nothing is outstanding any more, the invoice is paid.

    Raises NotPossible for an amount that is not above nothing, more than is outstanding, or a day to come; and for
    the very same a moment later: that is a button pressed twice."""
    # Two payments at once would each find the same pounds outstanding.
    invoice.lock()
    refuse_if(amount <= 0, "Enter an amount above zero.", "amount", field="amount")
    if amount > invoice.outstanding:
        sentence = f"Only {pounds(invoice.outstanding)} is outstanding on invoice {invoice}."
        raise NotPossible(sentence, "amount", field="amount")
    refuse_if(
        on > timezone.localdate(), "Enter the date the money came in. It cannot be in the future.", "day", field="on"
    )
    reference = reference.strip()[:100]
    same = invoice.payments.filter(amount=amount, on=on, reference=reference, reverses=None, reversed_by=None)
    refuse_if(
        same.filter(recorded_at__gt=timezone.now() - AT_ONCE).exists(),
        "This payment was recorded a moment ago. If the same amount came in twice, give each its own reference.",
        "twice",
        field="reference",
    )
    payment = Payment.objects.create(invoice=invoice, amount=amount, on=on, reference=reference, recorded_by=by)
    if invoice.outstanding == 0:
        INVOICE.move(invoice, "pay", paid_on=on)
    return payment


def last_payment(invoice: Invoice) -> Payment:
    """The latest that was not taken back. Raises NotPossible where there is none."""
    found = invoice.payments.filter(reverses=None, reversed_by=None).order_by("-recorded_at", "-pk").first()
    if found is None:
        raise NotPossible("There is no payment to take back.", "no_payment")
    return found


@step(
    Invoice,
    "Take the last payment back",
    past="Payment taken back",
    meaning="This adds an entry with the opposite sign, and reopens the invoice.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=last_payment,
    undo="pay",
    final="Record the payment again.",
)
def take_back(*, invoice: Invoice, by: User) -> Payment:
    """Undo the latest payment by an entry with the opposite sign; the invoice is open again.

    Raises NotPossible when there is none."""
    payment = last_payment(invoice.lock())  # under the lock, so that one press takes one back
    entry = Payment.objects.create(
        invoice=invoice,
        amount=-payment.amount,
        on=timezone.localdate(),
        reference=f"Taken back: {payment.reference}"[:100],
        recorded_by=by,
        reverses=payment,
    )
    if invoice.status == InvoiceStatus.PAID:
        INVOICE.move(invoice, "reopen", paid_on=None)
    return entry
