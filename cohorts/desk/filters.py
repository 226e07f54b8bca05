"""What lists of a cohort's records share: the filter by cohort, and the cohort of a page."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from unfold.contrib.filters.admin import DropdownFilter

from cohorts.models import Cohort
from steppingup.accounts.scope import scope_of


class CohortFilter(DropdownFilter):
    """The cohorts whose rows of this list the person may see. The model's own scope says how its rows belong to one."""

    title = "cohort"
    parameter_name = "cohort"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        cohorts = Cohort.objects.visible_to(request.user, model_admin.see).select_related("programme")
        return [(str(cohort.pk), str(cohort)) for cohort in cohorts]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{scope_of(queryset.model).cohort: value}) if value and value.isdecimal() else queryset


def cohort_or_404(request: HttpRequest, pk: int) -> Cohort:
    """A cohort that this person runs."""
    return get_object_or_404(Cohort.objects.visible_to(request.user).for_steps(), pk=pk)
