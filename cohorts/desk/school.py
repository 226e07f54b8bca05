"""School holidays of the providers."""

from django.contrib import admin

from cohorts.models import SchoolHoliday
from cohorts.permissions import CohortPermission
from steppingup.desk.admin import ScopedAdmin
from steppingup.site.export import Column


@admin.register(SchoolHoliday)
class SchoolHolidayAdmin(ScopedAdmin):
    """When the schools are closed. A whole list is pasted on the page of the organisation."""

    change_permission = CohortPermission.EDIT_PROGRAMMES
    deletes = True
    list_display = ("name", "starts_on", "ends_on", "provider")
    list_filter = ("provider", "starts_on")
    search_fields = ("name",)
    list_select_related = ("provider",)
    ordering = ("-starts_on", "-pk")
    fields = ("provider", "name", "starts_on", "ends_on")
    export_columns = (
        Column("Name", "name"),
        Column("First day", "starts_on"),
        Column("Last day", "ends_on"),
        Column("Provider", "provider__name"),
    )
