"""The equality lead's page: figures, never answers."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from applications.equality.figures import LEFT_OUT, SMALLEST, CohortFigures, figures_of
from applications.permissions import ApplicationPermission
from cohorts.models import Cohort
from steppingup.accounts.actors import holds
from steppingup.accounts.requests import SignedInRequest
from steppingup.accounts.second_factor import sensitive_page
from steppingup.site import export
from steppingup.site.export import Column


def _cohorts(request: SignedInRequest) -> Any:
    found = Cohort.objects.visible_to(request.user, ApplicationPermission.SEE_EQUALITY).filter(window__isnull=False)
    return found.select_related("programme__provider")


@require_safe
@sensitive_page
def cohort_list(request: SignedInRequest) -> HttpResponse:
    """The cohorts of the provider for which somebody could apply."""
    if not holds(request.user, ApplicationPermission.SEE_EQUALITY):
        raise Http404
    context = {"cohorts": _cohorts(request), "breadcrumbs": [("Home", reverse("home"))]}
    return render(request, "applications/equality/list.html", context)


def _columns(figures: CohortFigures) -> list[Column]:
    """As on the page: a number that is left out there is left out here."""
    return [
        Column("Programme", lambda row: figures.cohort.programme.name),
        Column("Cohort", lambda row: figures.cohort.name),
        Column("Question", lambda row: row[0].question.text),
        Column("Answer", lambda row: row[1].label),
        Column("People", lambda row: LEFT_OUT if row[1].count is None else row[1].count),
        Column("Percentage of those who answered", lambda row: LEFT_OUT if row[1].percent is None else row[1].percent),
    ]


@require_safe
@sensitive_page
def cohort_figures(request: SignedInRequest, cohort_id: int) -> HttpResponse:
    """One cohort's figures, with small numbers left out."""
    cohort = get_object_or_404(_cohorts(request), pk=cohort_id)
    figures = figures_of(cohort)
    if kind := request.GET.get("export"):
        if kind not in export.FORMATS or not figures.questions:
            raise Http404
        return export.export(kind, f"equality-figures-{slugify(str(cohort))}", _columns(figures), figures.rows())
    context = {
        "figures": figures,
        "cohort": cohort,
        "provider": cohort.programme.provider,
        "smallest": SMALLEST,
        "breadcrumbs": [("Home", reverse("home")), ("Equality figures", reverse("applications:equality"))],
    }
    return render(request, "applications/equality/figures.html", context)
