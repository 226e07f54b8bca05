"""Handing in the assignment, its versions and feedback (B43, B44)."""

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from modules.actions import assignments as actions
from modules.models import Assignment
from modules.pages.common import own_page, own_registration, page, trail_to
from steppingup.accounts.requests import SignedInRequest
from steppingup.files.serving import serve
from steppingup.formats.english import counted
from steppingup.site.stepping import act_on


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assignment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every version with its feedback, and a form for the next one while one is wanted."""
    registration = own_registration(request, pk)
    enrolment, qualification = registration.enrolment, registration.qualification
    versions = list(registration.assignments.select_related("file").with_hosts().order_by("-version"))
    is_wanted = actions.submit_assignment.refusal(request.user, registration) is None
    posted = is_wanted and request.method == "POST"
    given = (request.POST, request.FILES) if posted else (None, None)
    form = actions.HandInForm(*given, subject=registration)
    if made := act_on(form, actions.submit_assignment, registration=registration, by=request.user):
        pages = counted(made.pages, "page")
        notices.success(request, f"We have your assignment: version {made.version}, with {pages}.")
        return redirect(own_page(pk))
    return page(
        request,
        "assignment",
        enrolment,
        trail_to(enrolment),
        registration=registration,
        qualification=qualification,
        versions=versions,
        latest=versions[0] if versions else None,
        may_be_about=bool(form.placements),
        form=form if is_wanted else None,
    )


@require_safe
@login_required
def download(request: SignedInRequest, pk: int, version: int) -> FileResponse:
    """One of my own versions."""
    registration = own_registration(request, pk)
    found = get_object_or_404(Assignment.objects.select_related("file"), registration=registration, version=version)
    return serve(found.file)
