"""Handing in the assignment, its versions and feedback (B43, B44)."""

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.models import Placement
from cohorts.states import HOLDS_A_PLACE
from modules.actions import assignments as actions
from modules.forms import AssignmentForm
from modules.models import Assignment
from modules.states import AssignmentStatus, RegistrationStatus
from modules.views.common import own_page, own_registration, page, trail_to
from steppingup.accounts.requests import SignedInRequest
from steppingup.files.serving import serve
from steppingup.history.lifecycle import NotPossible


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assignment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every version with its feedback, and a form for the next one while one is wanted."""
    registration = own_registration(request, pk)
    enrolment, qualification = registration.enrolment, registration.qualification
    versions = list(registration.assignments.select_related("file", "placement__host").order_by("-version"))
    placement = Placement.objects.filter(enrolment=enrolment).select_related("host").first()
    is_open = registration.status == RegistrationStatus.REGISTERED and enrolment.status in HOLDS_A_PLACE
    passed = any(version.status == AssignmentStatus.PASSED for version in versions)
    may_hand_in = qualification.has_assignment and is_open and not passed
    posted = may_hand_in and request.method == "POST"
    form = AssignmentForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        qualification=qualification,
        placement=placement,
        by=request.user,
    )
    if posted and form.is_valid():
        about = placement if form.cleaned_data.get("about_placement") else None
        try:
            made = actions.submit_assignment(
                registration=registration,
                file=form.cleaned_data["file"],
                placement=about,
                by=request.user,
            )
        except NotPossible as sentence:
            form.add_error("file", str(sentence))
        else:
            notices.success(request, f"We have your assignment: version {made.version}, with {made.pages} pages.")
            return redirect(own_page(enrolment))
    context = page(
        enrolment,
        trail_to(enrolment),
        registration=registration,
        qualification=qualification,
        versions=versions,
        latest=versions[0] if versions else None,
        placement=placement,
        form=form if may_hand_in else None,
    )
    return render(request, "modules/assignment.html", context)


@require_safe
@login_required
def download(request: SignedInRequest, pk: int, version: int) -> FileResponse:
    """One of my own versions."""
    registration = own_registration(request, pk)
    found = get_object_or_404(Assignment.objects.select_related("file"), registration=registration, version=version)
    return serve(found.file)
