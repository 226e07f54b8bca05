"""A participant's report on their assignment, and the host's by the supervisor's link; and what both say, for whoever may read it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohorts.actions import reports
from cohorts.models import Enrolment, PlacementReport
from cohorts.notices.supervising import HOST_LINK
from cohorts.pages.hosting import afterwards, supervisor_behind
from cohorts.pages.participant import own_enrolment, trail_from
from cohorts.pages.topics import MANAGED
from cohorts.states.reports import Moment, Side
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.sections import Section
from steppingup.site.stepping import act_on


def _show(request: HttpRequest, report: PlacementReport, form: Any, back: str, **more: Any) -> HttpResponse:
    cohort = report.placement.enrolment.cohort
    context = {
        "report": report,
        "placement": report.placement,
        "participant": report.placement.enrolment.participant,
        "form": form,
        "back_url": back,
        "provider": cohort.programme.provider,
        "cohort": cohort,
        **more,
    }
    return render(request, "cohorts/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: SignedInRequest, pk: int, report: int) -> HttpResponse:
    """The participant's own, once it was asked for."""
    enrolment = own_enrolment(request.user, pk)
    rows = PlacementReport.objects.for_steps().filter(side=Side.PARTICIPANT, placement__enrolment=enrolment)
    found = get_object_or_404(rows, pk=report)
    back = reverse("cohorts:one_assignment", args=[pk, found.placement_id])
    form = reports.ReportForm(request.POST if request.method == "POST" else None, subject=found, by=request.user)
    if act_on(form, reports.give_report, report=found, by=request.user):
        messages.success(request, "Thank you. The host reads it too, and so do those who run the programme.")
        return redirect(back)
    return _show(request, found, form, back, breadcrumbs=trail_from("assignment", enrolment))


@token_view(HOST_LINK, afterwards)
def host_report(request: HttpRequest, link: TokenLink, report: int) -> HttpResponse:
    """The host's, by the link."""
    supervisor = supervisor_behind(link)
    rows = PlacementReport.objects.for_steps().filter(side=Side.HOST, placement=supervisor.placement_id)
    found = rows.filter(pk=report).first()
    if found is None:
        raise Http404
    back = reverse("cohorts:hosting", args=[link.raw])
    by = LinkHolder(link)
    form = reports.ReportForm(request.POST if request.method == "POST" else None, subject=found, by=by)
    if act_on(form, reports.give_report, report=found, by=by):
        messages.success(request, "Thank you. What you said is kept.")
        return redirect(back)
    return _show(request, found, form, back, supervisor=supervisor)


# -- what both say ---------------------------------------------------------------------------------------


def _at_the_end(*, subject: Enrolment, viewer: Any) -> dict[str, Any] | None:
    """For the line manager: what was said at the end, and what came of it (B54)."""
    found = PlacementReport.objects.given().filter(moment=Moment.END, placement__enrolment=subject)
    rows = list(found.select_related("placement__host", "placement__enrolment__participant").order_by("asked_at", "pk"))
    return {"reports": rows, "participant": subject.participant} if rows else None


SECTIONS = (
    Section(
        MANAGED, "reports", 45, "cohorts/sections/reports.html", _at_the_end, "What came of it", topic="assignment"
    ),
)
