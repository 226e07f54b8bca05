"""What belongs to a cohort is seen by those who run that cohort: all of a provider's, or the ones a role is limited to."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from cohorts.models import Cohort
from steppingup.accounts.actors import may
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import scope_of
from steppingup.desk.admin import ScopedAdmin


class CohortFilter(DropdownFilter):
    """The cohorts for which this person sees rows of the list. `permission` and `path` are the list's own, by its scope."""

    title = "cohort"
    parameter_name = "cohort"
    permission: ClassVar[Permission | None] = None
    path: ClassVar[str] = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        cohorts = Cohort.objects.visible_to(request.user, self.permission or model_admin.see).select_related(
            "programme"
        )
        return [(str(cohort.pk), str(cohort)) for cohort in cohorts]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        path = self.path or (scope_of(queryset.model).cohort if hasattr(queryset.model, "visibility") else "cohort")
        return queryset.filter(**{path: value}) if value and value.isdecimal() else queryset


class CohortScopedAdmin(ScopedAdmin):
    """`cohort_path` leads from the model to its cohort ("session__cohort"); empty for what belongs to no single one."""

    view_permission: ClassVar[Permission] = Permission.RUN_COHORTS
    change_permission: ClassVar[Permission | None] = Permission.RUN_COHORTS
    cohort_path: ClassVar[str] = "cohort"

    def scope(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.cohort_path:
            return queryset
        cohorts = Cohort.objects.for_staff(request.user, self.view_permission)
        return queryset.filter(**{f"{self.cohort_path}__in": cohorts})


class ReadOnlyAdmin(CohortScopedAdmin):
    """A list to look at, filter and download; what stands in it is written by actions."""

    change_permission = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


def cohort_or_404(request: HttpRequest, pk: int) -> Cohort:
    """A cohort that this person runs."""
    cohort = Cohort.objects.select_related("programme__provider", "plan").filter(pk=pk).first()
    if cohort is None or not may(request.user, Permission.RUN_COHORTS, cohort):
        raise Http404
    return cohort
