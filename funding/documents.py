"""What is printed, made from frozen rows whenever somebody asks: invoices, credit notes, receipts, and what was agreed."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from funding.models import CreditNote, FeeAgreement, Invoice, InvoiceSeries
from funding.models.invoice import LESS_A_BURSARY
from funding.rules import vat_in
from funding.states import AgreementStatus
from steppingup.files.names import disposition
from steppingup.formats.english import day_date, pounds
from steppingup.site.pdf import render_pdf


def _lines(text: str) -> str:
    """For a paragraph of the class “lines”."""
    return "\n".join(line.strip() for line in text.splitlines())


def _charged(invoice: Invoice) -> list[tuple[str, Decimal]]:
    """What for, and how many pounds: a fee that a bursary pays a part of stands above that part. Both are fixed since
    the fee was agreed; an amount that is not their difference stands alone."""
    agreement = invoice.agreement
    fee, bursary = agreement.amount, agreement.bursary_amount
    if not bursary or fee is None or fee - bursary != invoice.amount:
        return [(invoice.description, invoice.amount)]
    return [(invoice.description.removesuffix(LESS_A_BURSARY), fee), ("Less the bursary", -bursary)]


def _on_paper(document: Invoice | CreditNote, agreement: FeeAgreement) -> dict[str, Any]:
    """Who bills is shown in two parts: name and address above the first empty line, bank details below it."""
    sender, _, bank = document.bill_from.replace("\r\n", "\n").partition("\n\n")
    return {
        "provider": agreement.provider,
        "bill_to": _lines(document.bill_to),
        "sender": _lines(sender),
        "bank": _lines(bank),
        "questions": agreement.cohort.programme.contact_email,
    }


def vat_in_words(document: Invoice | CreditNote) -> str:
    """“£200 at 20%. The amount includes …”, or the sentence alone; a dash on what is from before VAT was said."""
    if document.vat_rate is None:
        return document.vat_words or "-"
    return f"{pounds(document.vat_amount)} at {document.vat_percent}. {document.vat_words}"


def sums_of(invoice: Invoice) -> list[tuple[str, Decimal]]:
    """Line by line what became of an invoice: what adds up to what is owed."""
    lines = [
        ("Invoiced", invoice.amount),
        ("Credited", -invoice.credited),
        ("Written off", -invoice.written_off),
        ("Received", -invoice.received),
        ("Refunded", invoice.refunded),
    ]
    shown = [lines[0], *((words, amount) for words, amount in lines[1:] if amount)]
    owed = "Owed" if invoice.is_owed or not invoice.outstanding else "No longer owed, to be credited"
    last = "Kept as credit on account" if invoice.on_account else owed
    return [*shown, (last, abs(invoice.balance))]


def invoice_context(invoice: Invoice) -> dict[str, Any]:
    return {"invoice": invoice, "lines": _charged(invoice), **_on_paper(invoice, invoice.agreement)}


def invoice_pdf(invoice: Invoice) -> bytes:
    return render_pdf("pdf/invoice.html", invoice_context(invoice))


def credit_note_pdf(note: CreditNote) -> bytes:
    return render_pdf("pdf/credit_note.html", {"note": note, **_on_paper(note, note.invoice.agreement)})


def receipt_pdf(invoice: Invoice) -> bytes:
    """What was received for an invoice, payment by payment."""
    rows = invoice.allocations.select_related("payment")
    payments = [(row.payment.on, row.payment.reference, row.amount) for row in rows]
    context = {"invoice": invoice, "payments": payments, "lines": sums_of(invoice)}
    return render_pdf("pdf/receipt.html", {**context, **_on_paper(invoice, invoice.agreement)})


def as_download(pdf: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": disposition(name, "pdf")}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def invoice_response(invoice: Invoice) -> HttpResponse:
    """The PDF as a download named after its number."""
    return as_download(invoice_pdf(invoice), f"invoice {invoice.reference}")


def credit_note_response(note: CreditNote) -> HttpResponse:
    return as_download(credit_note_pdf(note), f"credit note {note.reference}")


def receipt_response(invoice: Invoice) -> HttpResponse:
    return as_download(receipt_pdf(invoice), f"receipt {invoice.reference}")


def _place(agreement: FeeAgreement) -> dict[str, Any]:
    """The place in words: as the terms have it, once a sponsor was asked."""
    return {**agreement.message_facts, **agreement.promised}


def place_rows(agreement: FeeAgreement) -> list[dict[str, str]]:
    """What a sponsor is asked about, line by line."""
    words = _place(agreement)
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


def vat_rows(agreement: FeeAgreement) -> list[dict[str, str]]:
    """How VAT is treated in the invoices that the provider issues today. What is agreed is the sum, so it is said before the
    answer only: the invoice has the treatment of its day."""
    series = InvoiceSeries.objects.filter(provider=agreement.provider).first()
    if series is None or not series.vat_sentence:
        return []
    included = vat_in(agreement.fee - agreement.bursary_amount, series.rate)
    rate = f"{pounds(included)} at {series.rate.normalize():f}%. " if series.rate else ""
    return [{"key": "VAT", "value": f"{rate}{series.vat_sentence}"}]


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
            rows.append({"key": "Invoice emailed to", "value": agreement.who_pays[1]})
    return rows


def agreement_pdf(agreement: FeeAgreement) -> bytes:
    context = {"agreement": agreement, "provider": agreement.provider, "words": _place(agreement)}
    return render_pdf("funding/agreement_pdf.html", context | {"rows": answered_rows(agreement)})


def agreement_response(agreement: FeeAgreement) -> HttpResponse:
    """The PDF as a download."""
    return as_download(agreement_pdf(agreement), f"fee agreement {agreement.pk}")
