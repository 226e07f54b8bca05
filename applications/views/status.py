"""Following an application: the list, its page, the confirmation, and withdrawing."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications import fee, letters
from applications.actions import applications as actions
from applications.actions import fees, telling_staff
from applications.models import Application, Window
from applications.queries import place_on_waiting_list
from applications.states import APPLICATION, FOR_APPLICANTS, InterviewStatus, OfferStatus
from applications.states import ApplicationStatus as S
from applications.tasklist import progress, task_groups
from applications.timeline import events_of
from applications.views.apply import frame, mine
from applications.views.check import openings
from cohorts.models import Programme
from funding import telling
from funding.queries import agreement_of
from steppingup.accounts.requests import SignedInRequest
from steppingup.messaging.queries import messages_about

#: Without a place: the next cohort is worth pointing to.
ENDED = (S.TURNED_DOWN, S.DECLINED, S.EXPIRED, S.WITHDRAWN)


def own_applications(request_user: Any) -> list[Application]:
    found = Application.objects.of_applicant(request_user).order_by("-started_at")
    return list(found.select_related("cohort__programme__provider", "cohort__window"))


@login_required
@require_safe
def application_list(request: SignedInRequest) -> HttpResponse:
    found = own_applications(request.user)
    context = {"applications": cards(found), "breadcrumbs": [("Home", "/"), ("Your applications", "")]}
    return render(request, "applications/list.html", context)


def cards(found: list[Application]) -> list[dict[str, Any]]:
    """Each application with its heading in the applicant's words."""
    return [{"application": a, "heading": FOR_APPLICANTS[a.status][0], "is_draft": a.status == S.DRAFT} for a in found]


@login_required
@never_cache
@require_safe
def application_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list of parts while it is being written; after that, how it stands."""
    application = mine(request, pk)
    trail = {"back_url": "", "breadcrumbs": [("Home", "/"), ("Your applications", reverse("applications:list"))]}
    if application.status == S.DRAFT:
        groups = task_groups(application)
        done, count = progress(groups)
        again = _open_again(request, application) if application.cohort.window.has_closed() else None
        context = frame(application, **trail, groups=groups, done=done, count=count, again=again)
        return render(request, "applications/task_list.html", context)
    return render(request, "applications/status.html", frame(application, **trail, **_standing(request, application)))


def _standing(request: SignedInRequest, application: Application) -> dict[str, Any]:
    heading, then = FOR_APPLICANTS[application.status]
    interview = application.interviews.exclude(status=InterviewStatus.CANCELLED).first()
    offer = application.offers.filter(status=OfferStatus.MADE).first()
    return {
        "heading": heading,
        "next": then,
        "events": events_of(application),
        "interview": interview if application.status in (S.INTERVIEW,) else None,
        "waiting_place": place_on_waiting_list(application) if application.status == S.WAITING else None,
        "offer": offer,
        "offer_url": reverse("applications:offer", args=[application.pk]) if offer else "",
        "sent": _sent_to(request.user, application),
        "fee": fee.fee_state(application),
        "may_withdraw": "withdraw" in APPLICATION.possible(application.status),
        "again": _open_again(request, application) if application.status in ENDED else None,
        "was_turned_down": application.status == S.TURNED_DOWN,
        "has_equality_answers": hasattr(application, "equality_response"),
        "others": application.status == S.TURNED_DOWN
        and Programme.objects.published().exclude(pk=application.cohort.programme_id).exists(),
    }


def _open_again(request: SignedInRequest, application: Application) -> Window | None:
    """The window of another cohort of the programme that is open now, where this person has not begun to apply yet."""
    window = openings(application.cohort.programme)["window"]
    if window is None or Application.objects.of_applicant(request.user).filter(cohort=window.cohort_id).exists():
        return None
    return cast("Window", window)


def _sent_to(user: Any, application: Application) -> Any:
    """What this person was told about the application and its fee, the newest first."""
    found = messages_about(application).filter(to=user)
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    return found | messages_about(agreement).filter(to=user) if agreement else found


@login_required
@require_safe
def submitted(request: SignedInRequest, pk: int) -> HttpResponse:
    """The confirmation: the reference, and what happens next."""
    application = mine(request, pk)
    if application.status == S.DRAFT:
        return redirect("applications:application", pk)
    return render(request, "applications/submitted.html", frame(application, back_url=""))


@login_required
@never_cache
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw away a draft: what goes and who is told, before it is done."""
    application = mine(request, pk)
    if application.status != S.DRAFT:
        return redirect("applications:application", pk)
    if request.method == "POST":
        actions.delete_draft(application=application, by=request.user)
        messages.success(request, "Your application is deleted.")
        return redirect("applications:list")
    context = frame(
        application,
        heading="Delete your application",
        text="Everything that you have written for it is deleted, and we cannot bring it back. You can begin again for "
        "as long as applications are open.",
        button="Delete my application",
        is_warning=True,
        told=telling.would_end(agreement_of(application.applicant_id, application.cohort_id), fees.DELETED),
    )
    return render(request, "confirm.html", context)


@login_required
@never_cache
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """What it means and who is told, before it is done."""
    application = mine(request, pk)
    if "withdraw" not in APPLICATION.possible(application.status):
        return redirect("applications:application", pk)
    if request.method == "POST":
        actions.withdraw(application=application, by=request.user)
        messages.success(request, "Your application is withdrawn.")
        return redirect("applications:application", pk)
    context = frame(
        application,
        heading="Withdraw your application",
        text="We will not consider it any further, and you cannot submit it again for this cohort. If you were offered "
        "a place, somebody else gets it.",
        button="Withdraw my application",
        is_warning=True,
        told=[
            letters.preview_withdrawn(application),
            *telling_staff.would_tell_of_withdrawing(application),
            *fees.would_be_released(application, fees.WITHDRAWN),
        ],
    )
    return render(request, "confirm.html", context)
