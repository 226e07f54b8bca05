"""Diagnostics on record, for those who run the cohort: that they were taken, and when. What came of them is nowhere here (L10)."""

from django.contrib import admin

from cohorts.desk.filters import CohortFilter
from representation.models import ToolTaken
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import Column


@admin.register(ToolTaken)
class ToolTakenAdmin(SteppedAdmin):
    """Recorded on the page of a participant, or for several in their list."""

    adds = False
    list_display = ("participant", "cohort", "name", "taken_on", "arranged_by", "paid_by")
    list_filter = (CohortFilter, "name", "paid_by", "taken_on")
    search_fields = ("name", "arranged_by", "enrolment__participant__full_name")
    list_select_related = ("enrolment__participant", "enrolment__cohort__programme__provider", "recorded_by")
    ordering = ("-taken_on", "-pk")
    fields = readonly_fields = (
        *("participant", "cohort", "name", "taken_on", "arranged_by", "paid_by"),
        *("recorded_by", "recorded_at"),
    )
    export_columns = (
        Column("Participant", "enrolment__participant"),
        Column("Cohort", "enrolment__cohort"),
        Column("Which tool", "name"),
        Column("Taken on", "taken_on"),
        Column("Who arranged it", "arranged_by"),
        Column("Who paid for it", "get_paid_by_display"),
        Column("Recorded by", "recorded_by"),
        Column("Recorded", "recorded_at"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    cohort = column("Cohort", "enrolment__cohort")
