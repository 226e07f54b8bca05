"""What lists of a cohort's records share: the filter by cohort, and the cohort of a page."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from cohorts.extensions import told_of
from cohorts.models import Cohort
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import scope_of
from steppingup.desk.lists import NumberFilter
from steppingup.messaging.models import MessageSubject


class CohortFilter(NumberFilter):
    """The cohorts whose rows of this list the person may see. The model's own scope says how its rows belong to one."""

    title = parameter_name = "cohort"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        cohorts = Cohort.objects.visible_to(request.user, model_admin.see).select_related("programme")
        return [(cohort.pk, str(cohort)) for cohort in cohorts]

    def path_from(self, queryset: Any) -> str:
        return scope_of(queryset.model).cohort


class ToldOfFilter(CohortFilter):
    """Messages about a cohort: about itself, and about what belongs to it."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if not value or not value.isdecimal():
            return queryset
        named = Q(content_type=ContentType.objects.get_for_model(Cohort), object_id=int(value))
        for model in told_of:
            rows = model._default_manager.filter(**{scope_of(model).cohort: int(value)}).order_by().values("pk")
            named |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=rows)
        return queryset.filter(pk__in=MessageSubject.objects.filter(named).values("message"))


def cohort_or_404(request: HttpRequest, pk: int, permission: Permission | None = None) -> Cohort:
    """A cohort that this person runs, or for which they hold another permission."""
    return get_object_or_404(Cohort.objects.visible_to(request.user, permission).for_steps(), pk=pk)
