"""The directory on the desk: the entries of one's own people, and with whom programmes share it (C6)."""

from django.contrib import admin

from cohorts.actions import directory_sharing
from cohorts.desk.filters import CohortFilter
from cohorts.models import DirectoryAgreement, DirectoryEntry
from cohorts.models.directory import whose
from cohorts.states import SharingStatus
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

__all__ = ["directory_sharing"]  # its steps are known where it is imported

SHOWN = {
    "yes": ("Others see it", lambda rows: rows.standing()),
    "no": ("Hidden", lambda rows: rows.filter(hidden_at__isnull=False)),
    "again": ("Hidden, and changed since", lambda rows: rows.to_look_at_again()),
}
STATE = {"Hidden": "danger", "Changed since": "warning", "In the directory": "success"}


def _state(entry: DirectoryEntry) -> str:
    if not entry.hidden_at:
        return "In the directory"
    return "Changed since" if entry.changed_at > entry.hidden_at else "Hidden"


def _reached(entry: DirectoryEntry) -> str:
    """How others reach them; addresses and numbers stand in the directory itself."""
    ways = (("through the site", entry.takes_messages), ("email", entry.email), ("telephone", entry.phone))
    return english.listed(word for word, there in ways if there)


@admin.register(DirectoryEntry)
class DirectoryEntryAdmin(SteppedAdmin):
    """Entries of the directory, as their people wrote them. Only they change them; staff hide one, with a reason."""

    list_display = ("name", "works", "place", "cohort", "circle", "joined_on", "state")
    list_filter = (CohortFilter, choose("shown", "shown", SHOWN), "circle")
    search_fields = ("name", "job_title", "organisation", "place", "enrolment__participant__full_name")
    list_select_related = ("enrolment__participant", "enrolment__cohort__programme__provider")
    ordering = ("name", "pk")
    fields = readonly_fields = (
        "name", "participant", "cohort", "works", "place", "offers", "seeks", "reached", "circle", "joined_on", "state",
        "hidden_because",
    )  # fmt: skip
    export_columns = (
        Column("Name in the directory", "name"),
        Column("Participant", "enrolment__participant__full_name"),
        Column("Cohort", "enrolment__cohort"),
        Column("Job title", "job_title"),
        Column("Organisation", "organisation"),
        Column("Place", "place"),
        Column("Who sees it", "get_circle_display"),
        Column("In it since", "joined_at"),
        Column("Confirmed", "confirmed_at"),
        Column("State", _state),
        Column("Why it is hidden", "hidden_because"),
    )

    works = column("Job and organisation", lambda one: one.works_as)
    participant = column("Participant", lambda one: one.enrolment.participant)
    cohort = column("Cohort", lambda one: one.enrolment.cohort, "enrolment__cohort")
    joined_on = column("In it since", lambda one: english.day_date(one.joined_at), "joined_at")
    reached = column("How others reach them", _reached)
    state = column("State", _state, "hidden_at", colours=STATE)


TO_ANSWER = {
    "yes": ("To answer", lambda rows: rows.to_answer()),
    "no": ("Answered", lambda rows: rows.exclude(status=SharingStatus.ASKED)),
}


@admin.register(DirectoryAgreement)
class DirectoryAgreementAdmin(SteppedAdmin):
    """What other providers asked of one's own programmes. What these ask of others stands on the programme's page."""

    list_display = ("programme", "other", "asked_on", "status_label")
    list_filter = (choose("to answer", "to_answer", TO_ANSWER), "status")
    search_fields = ("guest__name", "host__name", "host__provider__name")
    list_select_related = ("guest__provider", "host__provider")
    ordering = ("-asked_at", "-pk")
    fields = readonly_fields = (
        "programme", "other", "message", "asked_on", "status_label", "answered_on", "reason",
    )  # fmt: skip
    export_columns = (
        Column("Programme", "guest"),
        Column("Shared with", lambda one: whose(one.host)),
        Column("Asked", "asked_at"),
        Column("Status", "get_status_display"),
        Column("Answered", "answered_at"),
        Column("Why not, or no more", "reason"),
    )

    programme = column("Programme", lambda one: one.guest, "guest__name")
    other = column("Would share it with", lambda one: whose(one.host), "host__name")
    asked_on = column("Asked", lambda one: english.day_date(one.asked_at), "asked_at")
    answered_on = column("Answered", lambda one: english.day_date(one.answered_at))
    status_label = column(
        "Status",
        lambda one: SharingStatus(one.status).label,
        "status",
        colours={
            SharingStatus.ASKED.label: "warning",
            SharingStatus.SHARED.label: "success",
            SharingStatus.DECLINED.label: "danger",
            SharingStatus.ENDED.label: "danger",
        },
    )
