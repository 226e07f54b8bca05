"""On a graduate's page: the programmes that come next, and whether they want to hear when these open (C3)."""

from typing import Any

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from applications.actions import following_on
from applications.models import Interest, Window
from cohorts.models import Enrolment, NextProgramme
from cohorts.pages.participant import own_enrolment
from cohorts.states import EnrolmentStatus
from steppingup.accounts.requests import SignedInRequest


def comes_next(*, subject: Enrolment, viewer: Any) -> dict[str, Any] | None:
    """Nothing before they have completed."""
    if subject.status != EnrolmentStatus.COMPLETED:
        return None
    own = subject.cohort.programme
    found = list(NextProgramme.objects.public().filter(programme=own))
    if not found:
        return None
    programmes = [one.to_id for one in found]
    mine = Interest.objects.of_person(subject.participant).standing().filter(programme__in=programmes)
    asked = set(mine.values_list("programme", flat=True))
    windows = Window.objects.public().open_at().filter(cohort__programme__in=programmes)
    open_now = set(windows.values_list("cohort__programme", flat=True))
    rows = [
        {
            "next": one,
            "asked": one.to_id in asked,
            "open": one.to_id in open_now,
            "elsewhere": one.to.provider_id != own.provider_id,
        }
        for one in found
    ]
    return {"rows": rows}


@require_POST
@login_required
def hear(request: SignedInRequest, pk: int, programme: int) -> HttpResponse:
    """Yes or no, at once."""
    enrolment = own_enrolment(request.user, pk)
    found = get_object_or_404(NextProgramme.objects.public().filter(programme=enrolment.cohort.programme), to=programme)
    given: dict[str, Any] = {"enrolment": enrolment, "programme": found.to, "by": request.user}
    if request.POST.get("wants") == "no":
        following_on.hear_no_more_of(**given)
        notices.success(request, f"We will not write to you about {found.to}.")
    else:
        following_on.hear_of(**given)
        notices.success(request, f"We will write to you when applications for {found.to} open.")
    return redirect("applications:comes_next", pk)
