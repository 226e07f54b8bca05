"""What lists of a cohort's records share: the filter by cohort, and the cohort of a page."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from cohorts.models import Cohort
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import scope_of
from steppingup.desk.lists import NumberFilter


class CohortFilter(NumberFilter):
    """The cohorts whose rows of this list the person may see. The model's own scope says how its rows belong to one."""

    title = parameter_name = "cohort"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        cohorts = Cohort.objects.visible_to(request.user, model_admin.see).select_related("programme")
        return [(cohort.pk, str(cohort)) for cohort in cohorts]

    def path_from(self, queryset: Any) -> str:
        return scope_of(queryset.model).cohort


def cohort_or_404(request: HttpRequest, pk: int, permission: Permission | None = None) -> Cohort:
    """A cohort that this person runs, or for which they hold another permission."""
    return get_object_or_404(Cohort.objects.visible_to(request.user, permission).for_steps(), pk=pk)
