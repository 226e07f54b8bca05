"""The equality lead's page: figures, never answers."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications.equality_figures import SMALLEST, figures_of
from cohorts.models import Cohort
from steppingup.accounts.actors import holds
from steppingup.accounts.requests import SignedInRequest
from steppingup.accounts.roles import Permission
from steppingup.accounts.second_factor import staff_page


@require_safe
@staff_page
def cohort_list(request: SignedInRequest) -> HttpResponse:
    """The cohorts of the provider for which somebody could apply."""
    if not holds(request.user, Permission.SEE_EQUALITY):
        raise Http404
    cohorts = Cohort.objects.for_staff(request.user, Permission.SEE_EQUALITY).filter(window__isnull=False)
    context = {"cohorts": cohorts.select_related("programme__provider"), "breadcrumbs": [("Home", reverse("home"))]}
    return render(request, "applications/equality/list.html", context)


@require_safe
@staff_page
def cohort_figures(request: SignedInRequest, cohort_id: int) -> HttpResponse:
    """One cohort's figures, with small numbers left out."""
    cohorts = Cohort.objects.for_staff(request.user, Permission.SEE_EQUALITY).filter(window__isnull=False)
    cohort = get_object_or_404(cohorts.select_related("programme__provider"), pk=cohort_id)
    context = {
        "figures": figures_of(cohort),
        "cohort": cohort,
        "provider": cohort.programme.provider,
        "smallest": SMALLEST,
        "breadcrumbs": [("Home", reverse("home")), ("Equality figures", reverse("applications:equality"))],
    }
    return render(request, "applications/equality/figures.html", context)
