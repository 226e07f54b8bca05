"""What is printed about a place: an agreement with the names under it, and the dates to come for whoever plans the rota."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from cohorts.agreements import text_of
from cohorts.models import Agreement, Enrolment, Session
from cohorts.progress.planned import planned_of
from cohorts.states import Mark
from steppingup import clock
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


def dates_response(enrolment: Enrolment, sessions: Iterable[Session]) -> HttpResponse:
    """The sessions of this participant, and the days planned at a host, as a PDF, with the day on which it was so."""
    placements = enrolment.placements.select_related("host", "component")
    at_hosts = [(one, planned_of(one).coming) for one in placements]
    context = {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "sessions": sessions,
        "at_hosts": [(one, days) for one, days in at_hosts if days],
        "today": clock.today(),
    }
    headers = {"Content-Disposition": disposition(f"Dates of {enrolment.participant}", "pdf")}
    return HttpResponse(render_pdf("cohorts/dates_pdf.html", context), content_type="application/pdf", headers=headers)


def register_response(session: Session, groups: Sequence[Any]) -> HttpResponse:
    """The register on paper, for a place without a signal: everybody by name, boxes to tick, and room to sign."""
    context = {
        "session": session,
        "groups": groups,
        "columns": [Mark.PRESENT, Mark.PART, Mark.ABSENT, Mark.EXCUSED],
        "provider": session.cohort.programme.provider,
        "today": clock.today(),
    }
    headers = {"Content-Disposition": disposition(f"Register of {session}", "pdf")}
    return HttpResponse(
        render_pdf("cohorts/register_pdf.html", context), content_type="application/pdf", headers=headers
    )
