"""Make-ups, pauses, and how far everybody of a cohort will come, for staff."""

from django.contrib import admin

from cohorts.desk.filters import CohortFilter
from cohorts.models import MakeUp, Pause
from steppingup.desk.admin import ReadOnlyInline
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import Column

STANDS = {
    "to_do": ("To do", lambda rows: rows.to_do()),
    "done": ("Done", lambda rows: rows.exclude(done_on=None)),
    "off": ("Called off", lambda rows: rows.exclude(called_off_at=None)),
}


class PauseInline(ReadOnlyInline):
    """When they took no part. Why is not kept."""

    model = Pause
    verbose_name_plural = "pauses"
    fields = readonly_fields = ("starts_on", "ends_on")
    hide_title = True


@admin.register(MakeUp)
class MakeUpAdmin(SteppedAdmin):
    """What was agreed in place of sessions. Agreed on a participant's page, and done here."""

    adds = False
    list_display = ("participant", "what", "session", "so_much", "due_on", "stands")
    list_filter = (CohortFilter, choose("stands", "stands", STANDS), "kind", "due_on")
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "what", "session__title")
    list_select_related = (
        "enrolment__participant",
        "enrolment__cohort__programme",
        "session",
        "component",
        "agreed_by",
    )
    ordering = ("-due_on", "-pk")
    fields = readonly_fields = (
        "participant", "session", "so_much", "kind", "what", "due_on", "agreed_by", "agreed_at", "done_on", "called_off_at",
    )  # fmt: skip
    export_columns = (
        Column("Participant", "enrolment__participant"),
        Column("Cohort", "enrolment__cohort__name"),
        Column("Session", "session"),
        Column("Part", "component__title"),
        Column("How much", lambda row: row.component.said(row.days)),
        Column("How", "get_kind_display"),
        Column("What was agreed", "what"),
        Column("By", "due_on"),
        Column("Agreed by", "agreed_by"),
        Column("Done on", "done_on"),
        Column("Called off", "called_off_at"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    so_much = column("Counts", lambda row: row.amount, "days")
    stands = column("Stands", lambda row: row.standing, "due_on")
