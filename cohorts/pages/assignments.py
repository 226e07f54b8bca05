"""A participant's assignments: what was agreed, and the days that they record."""

from typing import Any

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cohorts.actions import placements
from cohorts.forms import PlacementDayForm
from cohorts.models import PlacementDay
from cohorts.pages.participant import around, own_enrolment, own_place, topic_page
from cohorts.progress import parts_on_page, progress_on_page
from cohorts.progress.planned import SHOWN, planned_of
from cohorts.states import EnrolmentStatus, Recording
from steppingup.accounts.requests import SignedInRequest
from steppingup.history.lifecycle import NotPossible
from steppingup.site.sections import one_page
from steppingup.site.stepping import SignedInStepView, act_on


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@one_page()
def assignment(request: SignedInRequest, pk: int, placement_pk: int | None = None) -> HttpResponse:
    """The days of an assignment: what was recorded, and a form for the next one. Whoever has several comes by its own address."""
    enrolment = own_place(request.user, pk)
    own = enrolment.placements.select_related("host", "component").prefetch_related("hostings__host")
    found = list(own.filter(pk=placement_pk) if placement_pk else own)
    several = len(parts_on_page(enrolment, Recording.HOST)) > 1
    if placement_pk is None and (several or not found):
        return topic_page(
            request, enrolment, "assignment"
        )  # none is agreed yet, or which of them is to be chosen first
    if not found:
        raise Http404
    placement = found[0]
    placement.enrolment = enrolment
    form = PlacementDayForm(request.POST or None, subject=placement)
    planned = planned_of(placement)
    if day := act_on(form, placements.record_day, placement=placement, by=request.user):
        notices.success(request, f"Recorded: {day.in_words}.")
        return redirect(request.path)
    around_it = around(enrolment, request.user, "assignment")
    context = {
        "placement": placement,
        "hosts_before": placement.hosts_before(),
        "days": list(placement.days.filter(removed_at=None).order_by("-on")),
        "planned_over": planned.to_record[:SHOWN],
        "planned_coming": planned.coming[:SHOWN],
        "has_more_planned": len(planned.coming) > SHOWN,
        "reports": list(placement.reports.given().order_by("asked_at", "pk")),
        "form": form,
        "is_one_of_several": several,
        "may_record": enrolment.status == EnrolmentStatus.ENROLLED,
        "part": progress_on_page(enrolment).like(placement.component),
        **around_it,
        # None where somebody has gone on with a plan that has no assignments: what was agreed is still to be seen.
        "entry": next((entry for entry in around_it["menu"] if entry.key == "assignment"), None),
    }
    return render(request, "cohorts/assignment.html", context)


@require_POST
@login_required
def record_planned(request: SignedInRequest, pk: int, placement_pk: int) -> HttpResponse:
    """A planned day was worked as it was planned: one tap."""
    enrolment = own_enrolment(request.user, pk)
    placement = get_object_or_404(enrolment.placements.select_related("host", "component"), pk=placement_pk)
    placement.enrolment = enrolment
    given = request.POST.get("on", "")
    day = next((one for one in planned_of(placement).to_record if one.on.isoformat() == given), None)
    if day is None:
        notices.error(request, "This day is recorded already, or is not one of the planned days any more.")
    else:
        try:
            made = placements.record_day(placement=placement, on=day.on, days=day.days, by=request.user)
        except NotPossible as sentence:
            notices.error(request, str(sentence))
        else:
            notices.success(request, f"Recorded: {made.in_words}.")
    return redirect("cohorts:one_assignment", pk, placement_pk)


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
