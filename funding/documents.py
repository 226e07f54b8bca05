"""What is printed: an invoice, and what a sponsor agreed to. Made from their frozen rows whenever somebody asks for them."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.text import slugify

from funding.models import FeeAgreement, Invoice
from funding.models.invoice import LESS_A_BURSARY
from funding.states import AgreementStatus
from steppingup.formats.english import day_date
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


def place_rows(agreement: FeeAgreement) -> list[dict[str, str]]:
    """What a sponsor is asked about, line by line."""
    words = agreement.message_facts
    rows = [
        {"key": "Who", "value": f"{words['participant']}, {words['employer']}"},
        {"key": "Programme", "value": f"{words['programme']}, {words['cohort']}"},
        {"key": "When", "value": f"{words['starts_on']} to {words['ends_on']}"},
        {"key": "Release from work", "value": words["days"]},
        {"key": "Fee", "value": words["fee"]},
    ]
    if agreement.bursary_amount:
        rows.append({"key": "Left for you to pay", "value": f"{words['to_pay']}, as a bursary pays the rest"})
    return rows


def answered_rows(agreement: FeeAgreement) -> list[dict[str, str]]:
    """The same with what was answered."""
    rows = place_rows(agreement)
    if agreement.status == AgreementStatus.AGREED:
        rows += [
            {"key": "Agreed by", "value": f"{agreement.answered_by}, {agreement.sponsor_job_title}".rstrip(", ")},
            {"key": "Agreed on", "value": day_date(agreement.answered_at)},
        ]
        if agreement.employer_pays > 0:
            rows.append({"key": "Purchase order number", "value": agreement.purchase_order})
            rows.append({"key": "Invoice to", "value": agreement.billing_address})
    return rows


def agreement_pdf(agreement: FeeAgreement) -> bytes:
    context = {"agreement": agreement, "provider": agreement.provider, "words": agreement.message_facts}
    return render_pdf("funding/agreement_pdf.html", context | {"rows": answered_rows(agreement)})


def agreement_response(agreement: FeeAgreement) -> HttpResponse:
    """The PDF as a download."""
    headers = {"Content-Disposition": f'attachment; filename="fee-agreement-{agreement.pk}.pdf"'}
    return HttpResponse(agreement_pdf(agreement), content_type="application/pdf", headers=headers)
