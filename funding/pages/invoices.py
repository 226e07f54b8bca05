"""The pages behind the link of an invoice: what is to be paid, what was credited, and the documents to download."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from funding.documents import credit_note_response, invoice_response, receipt_response, sums_of, vat_in_words
from funding.links import INVOICE_LINK
from funding.models import CreditNote, Invoice
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink


def _invoice(link: TokenLink) -> Invoice:
    return Invoice.objects.with_sums().for_steps().get(pk=link.object_id)


@token_view(INVOICE_LINK)
def invoice(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What is to be paid, by when, and how."""
    found = _invoice(link)
    context = {
        "invoice": found,
        "provider": found.agreement.provider,
        "token": link.raw,
        "sums": sums_of(found),
        "vat": vat_in_words(found),
        "credit_notes": found.credit_notes.select_related("series"),
    }
    return render(request, "funding/invoice.html", context)


@token_view(INVOICE_LINK)
def invoice_pdf(request: HttpRequest, link: TokenLink) -> HttpResponse:
    return invoice_response(_invoice(link))


@token_view(INVOICE_LINK)
def receipt_pdf(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """Nothing where nothing was received."""
    found = _invoice(link)
    if found.received <= 0:
        raise Http404
    return receipt_response(found)


@token_view(INVOICE_LINK)
def credit_note_pdf(request: HttpRequest, link: TokenLink, pk: int) -> HttpResponse:
    """One of the credit notes of this invoice; nothing for those of another."""
    note = CreditNote.objects.for_steps().filter(invoice=link.object_id, pk=pk).first()
    if note is None:
        raise Http404
    return credit_note_response(note)
