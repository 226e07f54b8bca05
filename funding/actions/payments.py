"""Payments for an invoice, and taking one back. Entries are only ever added; paid or not follows from their sum."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from cohorts.access import require_staff
from funding.models import Invoice, Payment
from funding.states import INVOICE, InvoiceStatus
from steppingup.accounts.actors import require_colleague
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import NotPossible

OWN = "Nobody records payments for their own place. Ask a colleague."
#: Within this time the same payment is taken for one that was sent twice.
AT_ONCE = timedelta(minutes=2)


def _locked(invoice: Invoice) -> Invoice:
    Invoice.objects.select_for_update().get(pk=invoice.pk)
    invoice.refresh_from_db()
    invoice.__dict__.pop("paid", None)  # a sum that a list worked out earlier
    return invoice


@transaction.atomic
def record(*, invoice: Invoice, amount: Decimal, on: date, reference: str = "", by: User) -> Payment:
    """Write down `amount` pounds that came in. When nothing is outstanding any more, the invoice is paid.

    Raises NotPossible for an amount that is not above nothing, more than is outstanding, or a day to come; and for
    the very same a moment later: that is a button pressed twice."""
    require_staff(by, Permission.DECIDE_MONEY, invoice.agreement.cohort)
    require_colleague(by, invoice.agreement.person_id, OWN)
    _locked(invoice)
    if amount <= 0:
        raise NotPossible("Give an amount above nothing.")
    if amount > invoice.outstanding:
        raise NotPossible(f"Only {pounds(invoice.outstanding)} is outstanding on invoice {invoice}.")
    if on > timezone.localdate():
        raise NotPossible("Give the day on which the money came in. It cannot be a day to come.")
    reference = reference.strip()[:100]
    same = invoice.payments.filter(amount=amount, on=on, reference=reference, reverses=None, reversed_by=None)
    if same.filter(recorded_at__gt=timezone.now() - AT_ONCE).exists():
        raise NotPossible(
            "This payment was recorded a moment ago. If the same came in twice, give each its own reference."
        )
    payment = Payment.objects.create(invoice=invoice, amount=amount, on=on, reference=reference, recorded_by=by)
    if invoice.outstanding == 0:
        INVOICE.move(invoice, "pay", paid_on=on)
    return payment


@transaction.atomic
def take_back(*, payment: Payment, reference: str = "", by: User) -> Payment:
    """Undo a payment by an entry with the opposite sign; the invoice is open again.

    Raises NotPossible when it was taken back already."""
    invoice = payment.invoice
    require_staff(by, Permission.DECIDE_MONEY, invoice.agreement.cohort)
    require_colleague(by, invoice.agreement.person_id, OWN)
    _locked(invoice)
    if payment.reverses_id or Payment.objects.filter(reverses=payment).exists():
        raise NotPossible("This payment was taken back already.")
    entry = Payment.objects.create(
        invoice=invoice,
        amount=-payment.amount,
        on=timezone.localdate(),
        reference=(reference.strip() or f"Taken back: {payment.reference}")[:100],
        recorded_by=by,
        reverses=payment,
    )
    if invoice.status == InvoiceStatus.PAID:
        INVOICE.move(invoice, "reopen", paid_on=None)
    return entry


def last_payment(invoice: Invoice) -> Payment | None:
    """The latest that was not taken back."""
    return invoice.payments.filter(reverses=None, reversed_by=None).order_by("-recorded_at", "-pk").first()


def take_last_back(*, invoice: Invoice, by: User) -> Payment:
    """Undo the latest payment. Raises NotPossible when there is none."""
    payment = last_payment(invoice)
    if payment is None:
        raise NotPossible("There is no payment to take back.")
    return take_back(payment=payment, by=by)
