"""The status of an invoice follows from its sums, and from nothing else."""

from funding.models import Invoice, Payment
from funding.states import INVOICE, InvoiceStatus


def _status_of(invoice: Invoice) -> str:
    """Credited in whole comes first: nothing was ever to be paid. Then what is open, and then how it was closed."""
    if invoice.credited >= invoice.amount:
        return InvoiceStatus.CREDITED
    if invoice.balance > 0:
        return InvoiceStatus.ISSUED
    return InvoiceStatus.WRITTEN_OFF if invoice.written_off > 0 else InvoiceStatus.PAID


def follow_sums(invoice: Invoice) -> Invoice:
    """Move the invoice to where its sums say that it is, under its lock. The day of paying is the last payment's."""
    now = _status_of(invoice.lock())
    if now == invoice.status:
        return invoice
    if now == InvoiceStatus.ISSUED:
        return INVOICE.move(invoice, "reopen", paid_on=None)
    if now == InvoiceStatus.CREDITED:
        return INVOICE.move(invoice, "credit", paid_on=None)
    if now == InvoiceStatus.WRITTEN_OFF:
        return INVOICE.move(invoice, "write_off", paid_on=None)
    days = Payment.objects.filter(allocations__invoice=invoice, reverses=None, reversed_by=None).values_list(
        "on", flat=True
    )
    return INVOICE.move(invoice, "pay", paid_on=max(days, default=invoice.issued_on))
