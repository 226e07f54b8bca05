"""An invoice as a PDF, made from its frozen row whenever somebody asks for it."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.text import slugify

from funding.models import Invoice
from funding.models.invoice import LESS_A_BURSARY
from steppingup.site.pdf import render_pdf


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def _charged(invoice: Invoice) -> list[tuple[str, Decimal]]:
    """What for, and how many pounds: a fee that a bursary pays a part of stands above that part. Both are fixed since
    the fee was agreed; an amount that is not their difference stands alone."""
    agreement = invoice.agreement
    fee, bursary = agreement.amount, agreement.bursary_amount
    if not bursary or fee is None or fee - bursary != invoice.amount:
        return [(invoice.description, invoice.amount)]
    return [(invoice.description.removesuffix(LESS_A_BURSARY), fee), ("Less the bursary", -bursary)]


def invoice_context(invoice: Invoice) -> dict[str, Any]:
    """Who bills is shown in two parts: name and address above the first empty line, bank details below it."""
    sender, _, bank = invoice.bill_from.replace("\r\n", "\n").partition("\n\n")
    return {
        "invoice": invoice,
        "provider": invoice.agreement.provider,
        "bill_to": _lines(invoice.bill_to),
        "sender": _lines(sender),
        "bank": _lines(bank),
        "lines": _charged(invoice),
        "questions": invoice.agreement.cohort.programme.contact_email,
    }


def invoice_pdf(invoice: Invoice) -> bytes:
    return render_pdf("pdf/invoice.html", invoice_context(invoice))


def invoice_response(invoice: Invoice) -> HttpResponse:
    """The PDF as a download named after its number."""
    headers = {"Content-Disposition": f'attachment; filename="invoice-{slugify(invoice.reference)}.pdf"'}
    return HttpResponse(invoice_pdf(invoice), content_type="application/pdf", headers=headers)
