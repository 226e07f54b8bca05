"""A participant's own pages. Everything is fetched through the person: a stranger gets 404."""

from typing import Any

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.actions import placements
from cohorts.agreements import with_agreements
from cohorts.extensions import shown_with_place
from cohorts.forms import PlacementDayForm
from cohorts.models import Enrolment, PlacementDay
from cohorts.progress import progress_of
from cohorts.relations import SELF, enrolments_of
from cohorts.states import EnrolmentStatus
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.files.serving import serve
from steppingup.site.stepping import SignedInStepView, act_on

RELATED = (
    "cohort__programme__provider",
    "cohort__plan",
    "peer_group",
    "line_manager",
    "employer",
    "participant",
)
#: Long texts that these pages do not show.
DEFERRED = (
    "cohort__programme__about",
    "cohort__programme__who_can_apply",
    "cohort__programme__how_it_is_funded",
    "cohort__programme__after_the_programme",
)


def own_enrolment(user: User, pk: int) -> Enrolment:
    related = (*RELATED, *shown_with_place)
    mine = with_agreements(enrolments_of(user, SELF).select_related(*related).defer(*DEFERRED))
    return get_object_or_404(mine, pk=pk)


def trail(enrolment: Enrolment, *more: tuple[str, str]) -> list[tuple[str, str]]:
    page = reverse("cohorts:participant", args=[enrolment.pk])
    return [("Home", reverse("home")), (enrolment.cohort.programme.name, page), *more]


@require_safe
@login_required
def own_programmes(request: SignedInRequest) -> HttpResponse:
    """Straight to the programme, for the many who have one; a list for those who have several."""
    own = enrolments_of(request.user, SELF).select_related("cohort__programme__provider")
    found = list(own.order_by("-cohort__starts_on"))
    if len(found) == 1:
        return redirect("cohorts:participant", found[0].pk)
    return render(request, "cohorts/own_programmes.html", {"enrolments": found})


@require_safe
@login_required
def programme(request: SignedInRequest, pk: int) -> HttpResponse:
    """My days, my dates, my people: built from the sections of every app."""
    enrolment = own_enrolment(request.user, pk)
    context = {"enrolment": enrolment, "provider": enrolment.cohort.programme.provider}
    return render(request, "cohorts/participant.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assignment(request: SignedInRequest, pk: int, placement_pk: int | None = None) -> HttpResponse:
    """The days of an assignment: what was recorded, and a form for the next one. Whoever has several comes by its own address."""
    enrolment = own_enrolment(request.user, pk)
    own = enrolment.placements.select_related("host", "component").prefetch_related("hostings__host")
    placement = (own.filter(pk=placement_pk) if placement_pk else own).first()
    if placement is None:
        raise Http404
    placement.enrolment = enrolment
    form = PlacementDayForm(request.POST or None, subject=placement)
    if day := act_on(form, placements.record_day, placement=placement, by=request.user):
        notices.success(request, f"Recorded: {day.in_words}.")
        return redirect(request.path)
    context = {
        "enrolment": enrolment,
        "placement": placement,
        "hosts_before": placement.hosts_before(),
        "days": placement.days.filter(removed_at=None).order_by("-on"),
        "form": form,
        "may_record": enrolment.status == EnrolmentStatus.ENROLLED,
        "part": progress_of(enrolment).like(placement.component),
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail(enrolment),
    }
    return render(request, "cohorts/assignment.html", context)


class RemoveDay(SignedInStepView):
    """Take a day back that was recorded by mistake."""

    step = placements.remove_day

    def load(self) -> PlacementDay:
        own = own_enrolment(self.request.user, self.kwargs["pk"])
        days = PlacementDay.objects.filter(placement__enrolment=own)
        return get_object_or_404(
            days.select_related("placement__enrolment__cohort", "placement__component"), pk=self.kwargs["day"]
        )

    def after(self, subject: PlacementDay, result: Any) -> str:
        return reverse("cohorts:one_assignment", args=[self.kwargs["pk"], subject.placement_id])

    def get_extra(self, subject: PlacementDay) -> dict[str, Any]:
        return {"provider": subject.placement.enrolment.cohort.programme.provider}


@require_safe
@login_required
def certificate_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The participant's own certificate, as long as it is valid."""
    found = own_enrolment(request.user, pk).certificates.genuine().select_related("file").first()
    if found is None or found.file is None:
        raise Http404
    return serve(found.file)
