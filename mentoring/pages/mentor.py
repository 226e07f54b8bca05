"""A mentor's own pages: my mentees, what I offer, our sessions. Proposals are never seen here."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.models import Component, SharedEntry
from cohorts.pages.journal import entries_to_show
from cohorts.pages.takings import latest_own
from cohorts.states import EnrolmentStatus, Recording
from mentoring.actions import mentors
from mentoring.forms import ProfileForm
from mentoring.minutes import Met, duration, met
from mentoring.models import Mentor, MentoringSession, MentoringWish, Pair
from mentoring.pages import sessions
from mentoring.relations import MENTOR
from mentoring.states import PairStatus
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.stepping import SignedInStepView, act_on
from steppingup.steps.actions import back
from steppingup.steps.models import Taking, TakingQuerySet

GET_AND_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Mentee:
    """One pair, as the mentor's page shows it."""

    pair: Pair
    wish: MentoringWish | None
    component: Component | None
    sessions: list[tuple[MentoringSession, str]]
    met: Met
    #: What they share of their journal with whoever mentors them.
    sharings: list[SharedEntry]

    @property
    def is_current(self) -> bool:
        return self.pair.status == PairStatus.CONFIRMED

    @property
    def may_record(self) -> bool:
        return self.pair.enrolment.status == EnrolmentStatus.ENROLLED


def _mentees(pairs: list[Pair], user: User) -> list[Mentee]:
    """The same number of queries for one mentee as for ten."""
    enrolments = [pair.enrolment for pair in pairs]
    wishes = MentoringWish.objects.filter(enrolment__in=enrolments).prefetch_related("themes")
    by_enrolment = {wish.enrolment_id: wish for wish in wishes}
    plans = {enrolment.cohort.plan_id for enrolment in enrolments}
    parts = list(Component.objects.filter(plan__in=plans, recording=Recording.PAIR))
    shared = entries_to_show(user, MENTOR, enrolments)
    return [
        Mentee(
            pair,
            by_enrolment.get(pair.enrolment_id),
            component := _part_of(pair, parts),
            [(session, duration(session.minutes)) for session in pair.sessions_held],
            met(pair.sessions_held, component),
            shared.get(pair.enrolment_id, []) if pair.status == PairStatus.CONFIRMED else [],
        )
        for pair in pairs
    ]


def _part_of(pair: Pair, parts: list[Component]) -> Component | None:
    """As `mentoring.actions.sessions.component_of`, of what was fetched for all."""
    here = [part for part in parts if part.plan_id == pair.enrolment.cohort.plan_id]
    if pair.component is None:
        return here[0] if len(here) == 1 else None
    return next((part for part in here if part.key == pair.component.key), None)


@require_safe
@login_required
def mentees(request: SignedInRequest) -> HttpResponse:
    """The people I mentor, with what they seek and how often we met; and what I offer."""
    profiles = list(
        Mentor.objects.of_person(request.user)
        .with_places()
        .select_related("programme__provider", "organisation", "user")
        .prefetch_related("themes")
    )
    if not profiles:
        raise Http404
    pairs = list(Pair.objects.of_mentor(request.user).with_people().with_sessions().order_by("-confirmed_at", "-pk"))
    found = _mentees(pairs, request.user)
    context = {
        "profiles": profiles,
        "current": [mentee for mentee in found if mentee.is_current],
        "past": [mentee for mentee in found if not mentee.is_current],
        "provider": profiles[0].programme.provider if len(profiles) == 1 else None,
        "taking": latest_own(_done_by(request.user), request.user),
        "breadcrumbs": [("Home", reverse("home"))],
    }
    return render(request, "mentoring/mentees.html", context)


@require_http_methods(GET_AND_POST)
@login_required
def profile(request: SignedInRequest, pk: int) -> HttpResponse:
    """What I offer: words, themes, area, places."""
    own = Mentor.objects.of_person(request.user).select_related("programme__provider", "organisation", "user")
    mentor = get_object_or_404(own, pk=pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, mentor=mentor)
    if act_on(form, mentors.change, mentor=mentor, by=request.user):
        notices.success(request, "Saved.")
        return redirect("mentoring:mentees")
    context = {
        "form": form,
        "mentor": mentor,
        "back_url": reverse("mentoring:mentees"),
        "provider": mentor.programme.provider,
    }
    return render(request, "mentoring/profile.html", context)


@require_http_methods(GET_AND_POST)
@login_required
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    pair = get_object_or_404(Pair.objects.of_mentor(request.user).with_people(), pk=pk)
    return sessions.record_page(request, pair, reverse("mentoring:mentees"), str(pair.enrolment.participant))


def _done_by(user: User) -> TakingQuerySet:
    """What this person did as a mentor: with those whom they mentor or mentored."""
    mentored = Pair.objects.of_mentor(user).values("pk")
    pairs = ContentType.objects.get_for_model(Pair)
    return Taking.objects.filter(content_type=pairs, object_id__in=mentored, by=user)


class TakeBack(SignedInStepView):
    """The last thing that the mentor did. What stands against it by now is said in a sentence."""

    step = back.take_back

    def load(self) -> Taking:
        found = _done_by(self.request.user).for_steps().filter(pk=self.kwargs["taking"]).first()
        if found is None or not back.is_own(self.request.user, found):
            raise Http404
        return found

    def after(self, subject: Taking, result: Any) -> str:
        return reverse("mentoring:mentees")


class Remove(sessions.Remove):
    def pairs(self) -> QuerySet[Pair]:
        return Pair.objects.of_mentor(self.request.user).filter(pk=self.kwargs["pk"])

    def after(self, subject: Any, result: Any) -> str:
        return reverse("mentoring:mentees")
