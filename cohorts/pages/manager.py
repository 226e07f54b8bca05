"""The line manager's pages: their own people, and of those only days, attendance and dates (B31)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohorts.agreements import with_agreements
from cohorts.documents import dates_response
from cohorts.models import Enrolment, ManagerDigest
from cohorts.pages.participant import DEFERRED, RELATED, entry_of
from cohorts.pages.topics import MANAGED
from cohorts.progress.dates import coming_of
from cohorts.progress.teams import team_of, with_asks
from cohorts.relations import LINE_MANAGER, enrolments_of
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.sections import one_page
from steppingup.site.topics import menu_of, with_facts

PER_PAGE = 20


@require_safe
@login_required
def team(request: SignedInRequest) -> HttpResponse:
    """How are my people doing? Who needs attention comes first."""
    people = enrolments_of(request.user, LINE_MANAGER).select_related(
        "participant", "line_manager", "cohort__programme", "cohort__plan"
    )
    stopped = ManagerDigest.objects.filter(user=request.user, stopped_at__isnull=False)
    found: list[Any] = list(with_asks(with_agreements(people), request.user).annotate(is_stopped=Exists(stopped)))
    page = Paginator(team_of(found), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": page.object_list,
        "page_obj": page,
        "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "breadcrumbs": [("Home", reverse("home"))],
        "is_stopped": any(one.is_stopped for one in found),
    }
    return render(request, "cohorts/team.html", context)


def managed_person(user: User, pk: int) -> Enrolment:
    people = enrolments_of(user, LINE_MANAGER).select_related(*RELATED).defer(*DEFERRED)
    return get_object_or_404(with_facts(MANAGED, with_agreements(people), user), pk=pk)


def around(enrolment: Enrolment, viewer: User, *, with_lines: bool) -> dict[str, Any]:
    return {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": [("Home", reverse("home")), ("Your team", reverse("cohorts:team"))],
        "menu": menu_of(MANAGED, enrolment, viewer, with_lines=with_lines),
        "page": MANAGED,
    }


@require_safe
@login_required
@one_page()
def managed(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of them: what is asked of the manager, what is next, how many days are done, and the way to everything else."""
    return render(
        request, "cohorts/managed.html", around(managed_person(request.user, pk), request.user, with_lines=True)
    )


@require_safe
@login_required
@one_page()
def topic(request: SignedInRequest, pk: int, topic: str) -> HttpResponse:
    """One of the pages that it leads to, made of the sections that apps show to line managers."""
    context = around(enrolment := managed_person(request.user, pk), request.user, with_lines=False)
    front = reverse("cohorts:managed", args=[pk])
    trail = [*context["breadcrumbs"], (str(enrolment.participant), front)]
    own = {"breadcrumbs": trail, "front": front, "topic": topic, "entry": entry_of(context["menu"], topic)}
    return render(request, "cohorts/managed_topic.html", {**context, **own})


@require_safe
@login_required
def dates_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The dates to come of one of them on paper."""
    enrolment = managed_person(request.user, pk)
    return dates_response(enrolment, coming_of(enrolment))
