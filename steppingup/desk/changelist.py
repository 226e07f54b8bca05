"""How a list of the desk reads its address: what narrows it, what sorts it, and whose names its filters offer."""

from typing import Any

from django.contrib.admin import RelatedOnlyFieldListFilter
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.http import HttpRequest
from unfold.views import ChangeList


class OfferedList(ChangeList):
    """A list that is narrowed by its own filters only.

    Django lets the address ask about any column of the model (`?password__startswith=a`), and so be asked, letter by
    letter, what the person may not see. Here that is a filter that does not exist: the list is shown anew without."""

    result_list: Any
    list_display: Any

    # In an address a column to sort by is numbered among all columns, whichever are shown: links and views stay right.

    def get_ordering(self, request: HttpRequest, queryset: Any) -> Any:
        shown, self.list_display = self.list_display, self.model_admin.list_display
        try:
            return super().get_ordering(request, queryset)
        finally:
            self.list_display = shown

    def get_ordering_field_columns(self) -> dict[int, str]:
        shown, self.list_display = list(self.list_display), self.model_admin.list_display
        try:
            found = super().get_ordering_field_columns()
            names = {self.list_display[at]: way for at, way in found.items() if 0 <= at < len(self.list_display)}
        finally:
            self.list_display = shown
        return {at: names[name] for at, name in enumerate(shown) if name in names}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        given = dict(new_params or {})
        if given.get(ORDER_VAR):
            every = list(self.model_admin.list_display)
            parts = [part.rpartition("-") for part in given[ORDER_VAR].split(".")]
            given[ORDER_VAR] = ".".join(f"{way}{every.index(self.list_display[int(at)])}" for _, way, at in parts)
        return super().get_query_string(given, remove)

    def get_filters_params(self, params: Any = None) -> Any:
        """Which saved view is shown narrows nothing by itself."""
        return {name: value for name, value in super().get_filters_params(params).items() if name != "view"}

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            found = super().get_filters(request)
        except DisallowedModelAdminLookup as refused:
            raise IncorrectLookupParameters from refused
        by_date = {f"{self.date_hierarchy}__{bound}" for bound in ("gte", "lt")} if self.date_hierarchy else set()
        if set(found[2]) - by_date:  # what no filter took
            raise IncorrectLookupParameters
        return found


class OwnRecordsFilter(RelatedOnlyFieldListFilter):
    """The records of the rows that this person sees, with what their names need in the same query."""

    def has_output(self) -> bool:
        """Django drops a filter with one choice, and with it what the address asked for."""
        return bool(self.used_parameters) or super().has_output()

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        own = model_admin.get_queryset(request).order_by().distinct().values_list(f"{self.field_path}__pk", flat=True)
        found = field.remote_field.model._default_manager.filter(pk__in=own).select_related()
        ordering = self.field_admin_ordering(field, request, model_admin)
        return [(one.pk, str(one)) for one in (found.order_by(*ordering) if ordering else found)]
