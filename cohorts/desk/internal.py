"""Who mentors a participant at the own employer, or is shadowed there (B48)."""

from django.contrib import admin

from cohorts.desk.filters import CohortFilter
from cohorts.models import InternalMentor
from cohorts.states.internal import InternalStatus
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import Column


@admin.register(InternalMentor)
class InternalMentorAdmin(SteppedAdmin):
    """Named by participants and line managers. Staff see who it is, and end it where they were asked to."""

    adds = False
    list_display = ("name", "job", "participant", "employer", "kind", "status_label", "asked_at")
    list_filter = (CohortFilter, "status", "kind")
    search_fields = ("name", "job", "email", "enrolment__participant__full_name", "enrolment__employer__name")
    list_select_related = (
        *("enrolment__participant", "enrolment__employer", "enrolment__cohort__programme__provider"),
    )
    ordering = ("-asked_at", "-pk")
    fields = readonly_fields = (
        *("participant", "employer", "name", "job", "email", "kind", "hopes", "named_as"),
        *("asked_at", "answered_at", "ended_at", "ended_by"),
    )
    export_columns = (
        Column("Cohort", "enrolment__cohort"),
        Column("Participant", "enrolment__participant"),
        Column("Employer", "enrolment__employer__name"),
        Column("Name", "name"),
        Column("Job", "job"),
        Column("Email", "email"),
        Column("What for", "get_kind_display"),
        Column("Named by", "get_named_as_display"),
        Column("Status", "get_status_display"),
        Column("Asked", "asked_at"),
        Column("Answered", "answered_at"),
        Column("Ended", "ended_at"),
        Column("Why it ended", "get_ended_by_display"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    employer = column("Employer", "enrolment__employer", "enrolment__employer__name")
    status_label = column(
        "Status",
        lambda one: InternalStatus(one.status).label,
        "status",
        colours={
            InternalStatus.ASKED.label: "warning",
            InternalStatus.AGREED.label: "success",
            InternalStatus.DECLINED.label: "info",
            InternalStatus.ENDED.label: "info",
        },
    )
