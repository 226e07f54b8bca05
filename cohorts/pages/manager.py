"""The line manager's pages: their own people, and of those only days, attendance and dates (B31)."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, Exists, OuterRef, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohorts.agreements import with_agreements
from cohorts.documents import dates_response
from cohorts.models import Attendance, Enrolment, Membership, Session
from cohorts.models.membership import DayOf
from cohorts.pages.participant import DEFERRED, RELATED, entry_of
from cohorts.pages.topics import MANAGED
from cohorts.progress import Progress, progress_of_many
from cohorts.progress.dates import coming_of
from cohorts.relations import LINE_MANAGER, enrolments_of
from cohorts.states import EnrolmentStatus, Mark
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.sections import one_page
from steppingup.site.topics import menu_of, with_facts

PER_PAGE = 20
ON_IT_FIRST = Case(When(status=EnrolmentStatus.ENROLLED, then=0), default=1)


@dataclass(frozen=True)
class Row:
    """One of the manager's people, as the overview shows them."""

    enrolment: Enrolment
    progress: Progress
    next: Session | None
    attended: int
    marked: int


def _rows(people: list[Enrolment], viewer: User) -> list[Row]:
    """The same number of queries for one person as for twenty."""
    progress = progress_of_many(people)
    coming = list(
        Session.objects.going_ahead().after(clock.now()).filter(cohort__in={person.cohort_id for person in people})
    )
    marks: dict[int, list[str]] = {person.pk: [] for person in people}
    # Of the days on which the viewer was the line manager: what was before is not theirs to see.
    theirs = Membership.objects.filter(enrolment=OuterRef("enrolment"), line_manager=viewer)
    seen = Attendance.objects.filter(Exists(theirs.on(DayOf(OuterRef("session__starts_at")))), enrolment__in=people)
    for enrolment_id, mark in seen.values_list("enrolment", "mark"):
        marks[enrolment_id].append(mark)
    rows = []
    for person in people:
        own = (
            session
            for session in coming
            if session.cohort_id == person.cohort_id and session.peer_group_id in (None, person.peer_group_id)
        )
        given = marks[person.pk]
        attended = sum(mark in (Mark.PRESENT, Mark.PART) for mark in given)
        rows.append(Row(person, progress[person.pk].in_quarters(), next(own, None), attended, len(given)))
    return rows


@require_safe
@login_required
def team(request: SignedInRequest) -> HttpResponse:
    """How are my people doing?"""
    people = (
        enrolments_of(request.user, LINE_MANAGER)
        .select_related("participant", "cohort__programme")
        .order_by(ON_IT_FIRST, "-cohort__starts_on", "participant__full_name", "pk")
    )
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": _rows(list(page.object_list), request.user),
        "page_obj": page,
        "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "breadcrumbs": [("Home", reverse("home"))],
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
