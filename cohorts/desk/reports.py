"""What participants and hosts say of assignments."""

from django.contrib import admin

from cohorts.desk.filters import CohortFilter
from cohorts.models import PlacementReport
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import Column

STATES = {
    "waiting": ("Asked for", lambda rows: rows.waiting()),
    "given": ("Given", lambda rows: rows.given()),
}


def _state(one: PlacementReport) -> str:
    return "Given" if one.given_at else "Asked for"


@admin.register(PlacementReport)
class PlacementReportAdmin(SteppedAdmin):
    """Asked for by the clock; staff write down what a host told them."""

    adds = False
    list_display = ("participant", "placement", "moment", "side", "goes", "state", "asked_at")
    list_filter = (CohortFilter, choose("state", "state", STATES), "moment", "side", "goes")
    search_fields = ("placement__enrolment__participant__full_name", "placement__title", "placement__host__name")
    list_select_related = (
        *("placement__host", "placement__enrolment__participant", "placement__enrolment__cohort__programme__provider"),
    )
    ordering = ("-asked_at", "-pk")
    fields = readonly_fields = (
        *("participant", "placement", "moment", "side", "asked_at", "reminded_at"),
        *("given_at", "given_by", "goes", "text", "more"),
    )
    export_columns = (
        Column("Cohort", "placement__enrolment__cohort"),
        Column("Participant", "placement__enrolment__participant"),
        Column("Assignment", "placement__title"),
        Column("Host", "placement__host__name"),
        Column("When", "get_moment_display"),
        Column("By whom", "get_side_display"),
        Column("Asked for", "asked_at"),
        Column("Given", "given_at"),
        Column("Given by", "given_by"),
        Column("How it goes", "get_goes_display"),
        Column("What they say", "text"),
        Column("What would help, or what came of it", "more"),
    )

    participant = column(
        "Participant", "placement__enrolment__participant", "placement__enrolment__participant__full_name"
    )
    state = column("Status", _state, colours={"Given": "success", "Asked for": "warning"})
