"""What is printed about a place, from rows that are never changed: an agreement with the names under it."""

from django.http import HttpResponse

from cohorts.agreements import text_of
from cohorts.models import Agreement
from steppingup.files.names import disposition
from steppingup.site.pdf import render_pdf


def agreement_pdf(agreement: Agreement) -> bytes:
    """The text as it was signed, who signed it when and how, and the hash of the text."""
    context = {
        "agreement": agreement,
        "provider": agreement.cohort.programme.provider,
        "text": text_of(agreement),
        "signatures": agreement.signatures.all(),
        "missing": agreement.missing,
    }
    return render_pdf("cohorts/agreement_pdf.html", context)


def agreement_response(agreement: Agreement) -> HttpResponse:
    """The PDF as a download."""
    headers = {"Content-Disposition": disposition(f"{agreement.template} {agreement.pk}", "pdf")}
    return HttpResponse(agreement_pdf(agreement), content_type="application/pdf", headers=headers)
