"""The day after, and the years after: what a graduate agrees to, and the way to the board of openings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cohorts.actions import alumni
from cohorts.models import AlumniChoice, GraduateInterest
from cohorts.pages.participant import around, own_place
from cohorts.pages.topics import OWN
from cohorts.states import EnrolmentStatus
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.sections import one_page
from steppingup.site.stepping import act_on
from steppingup.site.topics import Ask, Status, Topic


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@one_page()
def stay_in_touch(request: SignedInRequest, pk: int) -> HttpResponse:
    """What I agree to, changed whenever I like, and what is offered to graduates now."""
    enrolment = own_place(request.user, pk)
    if enrolment.status != EnrolmentStatus.COMPLETED:
        raise Http404
    form = alumni.AlumniForm(request.POST if request.method == "POST" else None, subject=enrolment, by=request.user)
    act: Any = alumni.choose_as_graduate
    if act_on(form, act, enrolment=enrolment, by=request.user):
        messages.success(request, "Thank you. You can change it whenever you like.")
        return redirect("cohorts:stay_in_touch", pk)
    said = GraduateInterest.objects.filter(enrolment=enrolment).values_list("offer", flat=True)
    context = {
        **around(enrolment, request.user, "alumni"),
        "form": form,
        "offers": [(one, one.pk in set(said)) for one in alumni.offers_for(enrolment)],
    }
    return render(request, "cohorts/alumni/stay_in_touch.html", context)


def _facts(viewer: Any) -> dict[str, Any]:
    choices = AlumniChoice.objects.filter(enrolment=OuterRef("pk"), chosen_at__isnull=False)
    return {"has_chosen_as_graduate": Exists(choices)}


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if subject.status != EnrolmentStatus.COMPLETED:
        return None
    return Status("What you agree to" if subject.has_chosen_as_graduate else "Speak, mentor, hear of openings")


def _asks(*, subject: Any, viewer: Any) -> list[Ask]:
    if subject.status != EnrolmentStatus.COMPLETED or subject.has_chosen_as_graduate:
        return []
    line = "You may leave it."
    return [Ask("Say how you would like to stay in touch", "Say it", TOPICS[0].url(subject), line=line)]


TOPICS = (
    Topic(
        OWN,
        "alumni",
        7,
        "Staying in touch",
        "cohorts:stay_in_touch",
        _status,
        asks=_asks,
        facts=_facts,
        steps=(alumni.choose_as_graduate,),
    ),
)
