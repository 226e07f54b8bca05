"""What these lists share."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from modules.models import Qualification, Registration


class QualificationFilter(DropdownFilter):
    """The qualifications of the programmes that this person sees."""

    title = parameter_name = "qualification"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Qualification.objects.visible_to(request.user).select_related("programme")
        return [(str(row.pk), f"{row.name} ({row.programme})") for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        path = "qualification" if queryset.model is Registration else "registration__qualification"
        return queryset.filter(**{path: value}) if value and value.isdecimal() else queryset
