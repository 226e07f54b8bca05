"""What participants studied by themselves, for staff."""

from django.contrib import admin

from cohorts.desk.filters import CohortFilter
from cohorts.models import Study
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

STANDS = {
    "yes": ("Stands", lambda rows: rows.standing()),
    "no": ("Removed or corrected", lambda rows: rows.exclude(removed_at=None)),
}


@admin.register(Study)
class StudyAdmin(SteppedAdmin):
    """The own logs, entry by entry. Seen here, put right by steps only (B45)."""

    list_display = ("on", "participant", "studied_for", "length", "what", "is_removed")
    list_filter = (CohortFilter, choose("stands", "stands", STANDS), "on")
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "what")
    list_select_related = ("enrolment__participant", "enrolment__cohort__programme", "component", "recorded_by")
    ordering = ("-on", "-pk")
    fields = readonly_fields = (
        "participant", "studied_for", "on", "length", "what", "recorded_by", "recorded_at", "removed_at", "removed_by",
    )  # fmt: skip
    export_columns = (
        Column("On", "on"),
        Column("Participant", "enrolment__participant"),
        Column("Cohort", "enrolment__cohort__name"),
        Column("Part", lambda row: row.studied_for),
        Column("Hours", lambda row: english.plain_number(row.hours)),
        Column("What", "what"),
        Column("Recorded by", "recorded_by"),
        Column("Recorded at", "recorded_at"),
        Column("Removed", "removed_at"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    studied_for = column("For", lambda row: row.studied_for, "component__title")
    length = column("How long", lambda row: row.length, "minutes")
    is_removed = column("Stands", lambda row: "Removed" if row.removed_at else "Yes", "removed_at")
