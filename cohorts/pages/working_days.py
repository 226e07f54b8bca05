"""On which days of the week a participant works, said by themselves."""

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cohorts.actions.working_days import WorkingDaysForm, say_working_days
from cohorts.pages.participant import own_enrolment, trail_from
from cohorts.states import EnrolmentStatus
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.stepping import act_on


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once said, it is there to be changed."""
    enrolment = own_enrolment(request.user, pk)
    if enrolment.status != EnrolmentStatus.ENROLLED:
        raise Http404
    form = WorkingDaysForm(request.POST if request.method == "POST" else None, subject=enrolment, by=request.user)
    if act_on(form, say_working_days, enrolment=enrolment, by=request.user):
        notices.success(request, "Saved. Whoever plans a date sees on which days you work.")
        return redirect("cohorts:calendar", pk)
    context = {
        "enrolment": enrolment,
        "form": form,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from("calendar", enrolment),
    }
    return render(request, "cohorts/working_days.html", context)
