"""A participant's own pages. Everything is fetched through the person: a stranger gets 404."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohorts.agreements import with_agreements
from cohorts.documents import dates_response
from cohorts.extensions import shown_with_place
from cohorts.models import Enrolment
from cohorts.pages.takings import done_there
from cohorts.pages.topics import OWN, certificate_of
from cohorts.progress.dates import coming_of
from cohorts.relations import SELF, enrolments_of
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.files.serving import serve
from steppingup.site.sections import one_page
from steppingup.site.topics import Entry, menu_of, topic_of, with_facts

RELATED = (
    "cohort__programme__provider",
    "cohort__plan",
    "peer_group",
    "line_manager",
    "employer",
    "participant",
)
#: Long texts that these pages do not show.
DEFERRED = (
    "cohort__programme__about",
    "cohort__programme__after_the_programme",
)


def own_enrolment(user: User, pk: int) -> Enrolment:
    related = (*RELATED, *shown_with_place)
    mine = with_agreements(enrolments_of(user, SELF).select_related(*related).defer(*DEFERRED))
    return get_object_or_404(mine, pk=pk)


def own_place(user: User, pk: int) -> Enrolment:
    """The same, with what the topics read of it: for the front page and for the pages of topics."""
    related = (*RELATED, *shown_with_place)
    mine = with_agreements(enrolments_of(user, SELF).select_related(*related).defer(*DEFERRED))
    return get_object_or_404(with_facts(OWN, mine, user), pk=pk)


def trail(enrolment: Enrolment, *more: tuple[str, str]) -> list[tuple[str, str]]:
    page = reverse("cohorts:participant", args=[enrolment.pk])
    return [("Home", reverse("home")), (enrolment.cohort.programme.name, page), *more]


def trail_from(topic: str, enrolment: Enrolment) -> list[tuple[str, str]]:
    """The way to a page that one comes to from the page of a topic."""
    found = topic_of(OWN, topic)
    return trail(enrolment, (found.title, found.url(enrolment)))


def around(enrolment: Enrolment, viewer: User, topic: str) -> dict[str, Any]:
    """What the page of a topic shows around what it is about: the way back, the other topics, and what was done there by mistake."""
    return {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail(enrolment),
        "menu": menu_of(OWN, enrolment, viewer),
        "front": reverse("cohorts:participant", args=[enrolment.pk]),
        "topic": topic,
        "taking": done_there(topic, enrolment, viewer),
    }


@require_safe
@login_required
def own_programmes(request: SignedInRequest) -> HttpResponse:
    """Straight to the programme, for the many who have one; a list for those who have several."""
    own = enrolments_of(request.user, SELF).select_related("cohort__programme__provider")
    found = list(own.order_by("-cohort__starts_on"))
    if len(found) == 1:
        return redirect("cohorts:participant", found[0].pk)
    return render(request, "cohorts/own_programmes.html", {"enrolments": found})


@require_safe
@login_required
@one_page()
def programme(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is asked of me, what is next, my days, and the way to everything else: built from what every app has to say."""
    enrolment = own_place(request.user, pk)
    context = {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "menu": menu_of(OWN, enrolment, request.user, with_lines=True),
    }
    return render(request, "cohorts/participant.html", context)


@require_safe
@login_required
@one_page()
def topic(request: SignedInRequest, pk: int, topic: str) -> HttpResponse:
    """One of the pages that the front page leads to, made of the sections that name it."""
    return topic_page(request, own_place(request.user, pk), topic)


def topic_page(request: SignedInRequest, enrolment: Enrolment, topic: str) -> HttpResponse:
    """Where there is nothing for this person, there is no page."""
    context = around(enrolment, request.user, topic)
    return render(request, "cohorts/topic.html", {**context, "entry": entry_of(context["menu"], topic), "page": OWN})


def entry_of(menu: list[Entry], topic: str) -> Entry:
    """Raises Http404 for a topic that has nothing for this person."""
    found = next((entry for entry in menu if entry.key == topic), None)
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def certificate_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The participant's own certificate, as long as it is valid."""
    found = certificate_of(own_enrolment(request.user, pk))
    if found is None or found.file is None:
        raise Http404
    return serve(found.file)


@require_safe
@login_required
def dates_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's dates to come on paper, for whoever plans the rota."""
    enrolment = own_enrolment(request.user, pk)
    return dates_response(enrolment, coming_of(enrolment))
