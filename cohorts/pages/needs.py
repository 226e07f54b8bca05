"""What participants need: said once on a page of their own, and confirmed for each day that asks (N7)."""

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohorts.actions import staying
from cohorts.forms import OwnConfirmForm
from cohorts.models import Needs
from cohorts.pages.participant import own_enrolment
from cohorts.states import EnrolmentStatus
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.stepping import act_on


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """Is this still right? For one session: whether I stay the night, what I eat, and what I need."""
    enrolment = own_enrolment(request.user, pk)
    found = staying.to_confirm(enrolment).filter(pk=session).first()
    if found is None or enrolment.status != EnrolmentStatus.ENROLLED:
        raise Http404
    stay = found.stays.filter(enrolment=enrolment).first()
    form = OwnConfirmForm(request.POST or None, subject=enrolment, by=request.user, session=found, stay=stay)
    if act_on(form, staying.confirm_needs, enrolment=enrolment, by=request.user):
        notices.success(request, f"Thank you. What you need for “{found}” is confirmed.")
        return redirect("cohorts:calendar", enrolment.pk)
    context = {
        "enrolment": enrolment,
        "session": found,
        "stay": stay,
        "said": Needs.objects.of_person(request.user).first(),
        "form": form,
        "back_url": reverse("cohorts:calendar", args=[enrolment.pk]),
        "provider": enrolment.cohort.programme.provider,
    }
    return render(request, "cohorts/needs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own(request: SignedInRequest) -> HttpResponse:
    """What I have said that I need, to change or to delete."""
    form = staying.OwnNeedsForm(request.POST or None, subject=request.user, by=request.user)
    if act_on(form, staying.say_needs, person=request.user, by=request.user):
        notices.success(request, "Saved. Whoever runs a day that you have confirmed sees it as it stands now.")
        return redirect("cohorts:own_needs")
    said = Needs.objects.of_person(request.user).first()
    home = [("Home", reverse("home"))]
    return render(request, "cohorts/own_needs.html", {"form": form, "said": said, "breadcrumbs": home})


@require_http_methods(["POST"])
@login_required
def delete(request: SignedInRequest) -> HttpResponse:
    """Nothing of it is kept."""
    staying.forget_needs(person=request.user, by=request.user)
    notices.success(request, "Deleted. Nothing of it is kept.")
    return redirect("cohorts:own_needs")
