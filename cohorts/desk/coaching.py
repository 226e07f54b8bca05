"""The register of coaches, and the coaching that participants ask for (B49, B50, B51)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cohorts.desk.filters import CohortFilter
from cohorts.models import Coach, CoachingRequest
from cohorts.permissions import CohortPermission
from cohorts.states.coaching import CoachingStatus
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

TAKING = {
    "yes": ("Take people", lambda rows: rows.taking()),
    "no": ("Take nobody any more", lambda rows: rows.exclude(stopped_on=None)),
}


@admin.register(Coach)
class CoachAdmin(SteppedAdmin):
    """People, networks and companies that coach participants."""

    change_permission = CohortPermission.EDIT_PROGRAMMES
    list_display = ("name", "kind", "coaches_on", "cost_said", "sessions", "since", "state")
    list_filter = (choose("state", "state", TAKING), "kind")
    search_fields = ("name", "coaches_on", "contact_name", "email", "notes")
    ordering = ("name", "pk")
    readonly_fields = ("stopped_on",)
    fieldsets = (
        (None, {"fields": ("provider", "name", "kind", "coaches_on", ("cost", "sessions"), "since", "stopped_on")}),
        ("Whom to ask", {"fields": ("contact_name", ("email", "phone"), "notes")}),
    )
    export_columns = (
        Column("Name", "name"),
        Column("Kind", "get_kind_display"),
        Column("What they coach on", "coaches_on"),
        Column("Cost of a session", "cost"),
        Column("Sessions at the most", "sessions"),
        Column("Whom to ask", "contact_name"),
        Column("Email", "email"),
        Column("Telephone", "phone"),
        Column("Since", "since"),
        Column("Takes nobody since", "stopped_on"),
        Column("Notes", "notes"),
    )

    cost_said = column("Cost", lambda one: one.cost_in_words, "cost")
    state = column(
        "Takes people",
        lambda one: "No" if one.stopped_on else "Yes",
        "stopped_on",
        colours={"Yes": "success", "No": "info"},
    )


COLOURS = {
    CoachingStatus.REQUESTED.label: "warning",
    CoachingStatus.WITH_EMPLOYER.label: "info",
    CoachingStatus.SUPPORTED.label: "warning",
    CoachingStatus.NOT_SUPPORTED.label: "warning",
    CoachingStatus.ARRANGED.label: "success",
    CoachingStatus.DECLINED.label: "info",
    CoachingStatus.ENDED.label: "info",
}
STATES = {"answer": ("To be answered", lambda rows: rows.to_answer())}


@admin.register(CoachingRequest)
class CoachingRequestAdmin(SteppedAdmin):
    """Asked for by participants, or for them; answered by steps."""

    adds = False
    list_display = ("participant", "theme", "sessions", "status_label", "coach", "dates", "requested_at")
    list_filter = (CohortFilter, choose("waits", "waits", STATES), "status", "theme")
    search_fields = ("enrolment__participant__full_name", "words", "coach__name", "dates", "enrolment__employer__name")
    list_select_related = (
        *("coach", "enrolment__participant", "enrolment__employer", "enrolment__cohort__programme__provider"),
    )
    ordering = ("-requested_at", "-pk")
    fields = readonly_fields = (
        *("participant", "theme", "words", "goal_named", "sessions", "when", "tells_manager", "requested_at"),
        *("days_beyond", "cost", "employer_asked_at", "employer_reminded_at", "employer_answered_at"),
        *("employer_name", "employer_words", "coach", "dates", "answered_at", "answer", "sessions_had"),
    )
    export_columns = (
        Column("Cohort", "enrolment__cohort"),
        Column("Participant", "enrolment__participant"),
        Column("Employer", "enrolment__employer__name"),
        Column("About", "get_theme_display"),
        Column("Sessions asked for", "sessions"),
        Column("When", "when"),
        Column("Status", "get_status_display"),
        Column("Asked for", "requested_at"),
        Column("Days beyond the plan", "days_beyond"),
        Column("What it costs", "cost"),
        Column("Employer asked", "employer_asked_at"),
        Column("Employer answered", "employer_answered_at"),
        Column("Answered for the employer by", "employer_name"),
        Column("Coach", "coach__name"),
        Column("Dates", "dates"),
        Column("Sessions had", lambda one: len(one.had.all())),
        Column("Minutes had", lambda one: sum(session.minutes for session in one.had.all())),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    status_label = column("Status", lambda one: CoachingStatus(one.status).label, "status", colours=COLOURS)
    #: As long as they name it; nothing else of their plan.
    goal_named = column("Goal of their plan", lambda one: one.goal_in_words or "None named")
    sessions_had = column(
        "Sessions had", lambda one: english.listed(str(session) for session in one.had.all()) or "None"
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("had")
