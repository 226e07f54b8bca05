"""An invoice for whoever has the link: a page, and the PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from funding.documents import invoice_response
from funding.links import INVOICE_LINK
from funding.models import Invoice
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink


def _invoice(link: TokenLink) -> Invoice:
    return Invoice.objects.with_paid().for_steps().get(pk=link.object_id)


@token_view(INVOICE_LINK)
def invoice(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What is to be paid, by when, and how."""
    found = _invoice(link)
    context = {"invoice": found, "provider": found.agreement.provider, "token": link.raw}
    return render(request, "funding/invoice.html", context)


@token_view(INVOICE_LINK)
def invoice_pdf(request: HttpRequest, link: TokenLink) -> HttpResponse:
    return invoice_response(_invoice(link))
