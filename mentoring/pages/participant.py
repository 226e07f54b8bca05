"""The participant's side: what I seek, and our sessions."""

from typing import Any

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohorts.pages.participant import own_enrolment
from cohorts.states import EnrolmentStatus
from mentoring.actions import wishes
from mentoring.forms import WishForm
from mentoring.matching.pool import parts_of, rule_of
from mentoring.models import MentoringWish, Pair
from mentoring.pages import sessions
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.stepping import act_on

GET_AND_POST = ["GET", "HEAD", "POST"]


#: What is said when a wish is saved: before somebody is found, and after.
LOOKING = "Thank you. We will keep this in mind when we look for your mentor."
MATCHED = "Thank you. Your mentor can read this."


def _back(pk: int) -> str:
    return reverse("mentoring:mentor", args=[pk])


@require_http_methods(GET_AND_POST)
@login_required
def wish(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would you like from a mentor?"""
    enrolment = own_enrolment(request.user, pk)
    if enrolment.status != EnrolmentStatus.ENROLLED:
        raise Http404
    found = MentoringWish.objects.filter(enrolment=enrolment).first()
    has_mentor = Pair.objects.confirmed().filter(enrolment=enrolment).exists()
    form = WishForm(
        request.POST if request.method == "POST" else None, programme=enrolment.cohort.programme_id, wish=found
    )
    if act_on(form, wishes.wish, enrolment=enrolment, by=request.user):
        notices.success(request, MATCHED if has_mentor else LOOKING)
        return redirect(_back(pk))
    context = {
        "form": form,
        "wish": found,
        "has_mentor": has_mentor,
        "rules": {rule_of(part) for part in parts_of(enrolment.cohort)},
        "back_url": _back(pk),
        "provider": enrolment.cohort.programme.provider,
    }
    return render(request, "mentoring/wish.html", context)


def _pair(user: User, enrolment: int, pk: int | None) -> Pair:
    """The mentor one has, or had last; whoever has several says which."""
    pairs = Pair.objects.of_participant(user).filter(enrolment=enrolment).with_people()
    pairs = pairs.filter(pk=pk) if pk else pairs
    pair = pairs.order_by("-confirmed_at", "-pk").first()
    if pair is None:
        raise Http404
    return pair


@require_http_methods(GET_AND_POST)
@login_required
def record(request: SignedInRequest, pk: int, pair: int | None = None) -> HttpResponse:
    found = _pair(request.user, pk, pair)
    return sessions.record_page(request, found, _back(pk), found.mentor.called)


class Remove(sessions.Remove):
    def pairs(self) -> QuerySet[Pair]:
        return Pair.objects.of_participant(self.request.user).filter(enrolment=self.kwargs["pk"])

    def after(self, subject: Any, result: Any) -> str:
        return _back(self.kwargs["pk"])
