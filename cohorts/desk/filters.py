"""What lists of a cohort's records share: the filter by cohort, and the cohort of a page."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from cohorts.models import Cohort, PeerGroup
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import scope_of
from steppingup.desk.lists import NumberFilter
from steppingup.formats.keys import is_key

WITHOUT = "none"


class CohortFilter(NumberFilter):
    """The cohorts whose rows of this list the person may see. The model's own scope says how its rows belong to one."""

    title = parameter_name = "cohort"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        cohorts = Cohort.objects.visible_to(request.user, model_admin.see).select_related("programme")
        return [(cohort.pk, str(cohort)) for cohort in cohorts]

    def path_from(self, queryset: Any) -> str:
        return scope_of(queryset.model).cohort


class PeerGroupFilter(NumberFilter):
    """The peer groups of the cohort that is looked at, or of all with the cohorts that they are of."""

    title, parameter_name, path = "peer group", "peer_group", "peer_group"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        groups = PeerGroup.objects.visible_to(request.user, model_admin.see).select_related("cohort__programme")
        groups = groups.order_by("-cohort__starts_on", "cohort", "name")
        if (cohort := request.GET.get(CohortFilter.parameter_name, "")) and is_key(cohort):
            return [(group.pk, group.name) for group in groups.filter(cohort=int(cohort))]
        return [(group.pk, f"{group.name}, {group.cohort}") for group in groups]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = super().lookups(request, model_admin)
        return [*found, (WITHOUT, "In no group")] if found else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(peer_group=None) if self.value() == WITHOUT else super().queryset(request, queryset)


def cohort_or_404(request: HttpRequest, pk: int, permission: Permission | None = None) -> Cohort:
    """A cohort that this person runs, or for which they hold another permission."""
    return get_object_or_404(Cohort.objects.visible_to(request.user, permission).for_steps(), pk=pk)
