"""Participants, “Completion and certificates” of a cohort, and stretch assignments."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from cohorts.actions import certificates, enrolments, placements
from cohorts.actions.certificates import JOB_KIND
from cohorts.actions.supervising import supervisor_of
from cohorts.desk.filters import CohortFilter, PeerGroupFilter, cohort_or_404
from cohorts.desk.forms import PlacementForm
from cohorts.desk.notes import NotesInline
from cohorts.desk.outlook import PauseInline
from cohorts.desk.stuck import StuckMixin
from cohorts.desk.writing import WritingMixin
from cohorts.models import Cohort, Component, DayEntry, Enrolment, Hosting, Membership, Placement, PlacementDay
from cohorts.permissions import CohortPermission
from cohorts.progress.completion import standings
from cohorts.queries import with_days_done
from cohorts.states import EnrolmentStatus, Recording
from steppingup.desk.admin import ReadOnlyInline, own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.formats.fields import or_the_account
from steppingup.formats.recurring import WEEKDAYS, WORKING_WEEK
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.models import Job
from steppingup.site.export import Column

HISTORY = ("enrolled_at", "completed_at", "not_completed_at", "withdrawn_at", "withdrawal_reason")


class LedgerInline(ReadOnlyInline):
    """The participant's days, as they were posted."""

    model = DayEntry
    verbose_name_plural = "day ledger"
    so_many = column("Days", lambda entry: english.days(entry.days))
    fields = readonly_fields = ("on", "component", "so_many", "note", "posted_by", "posted_at")
    related = ("component", "posted_by")
    show_count = True
    hide_title = True


class MembershipInline(ReadOnlyInline):
    """To which group, employer and line manager they belonged, from when until when."""

    model = Membership
    verbose_name_plural = "belonged to"
    fields = readonly_fields = ("starts_on", "last_day", "cohort", "peer_group", "works_as", "manager")
    related = ("cohort", "peer_group", "employer", "line_manager")
    hide_title = True

    works_as = column("Employer", "works_as")
    manager = column("Line manager", lambda row: row.manager or "-")
    last_day = column("Last day", lambda row: english.day_date(row.last_day) if row.last_day else "-")


@admin.register(Enrolment)
class EnrolmentAdmin(StuckMixin, WritingMixin):
    """Participants. Places are taken by accepting an offer, never here."""

    adds = False
    change_permission = CohortPermission.RUN_COHORTS
    inlines = (NotesInline, MembershipInline, PauseInline, LedgerInline)
    list_display = ("participant", "cohort", "from_where", "managed_by", "peer_group", "days", "status_label")
    list_filter = (CohortFilter, "status", PeerGroupFilter, "employer", "standing")
    search_fields = (
        "participant__full_name",
        "participant__email",
        "employer__name",
        "manager_name",
        "managers_address",
    )
    worked_out: ClassVar = {"managers_address": or_the_account("manager_email", "line_manager__email")}
    list_select_related = ("participant", "cohort__programme__provider", "employer", "line_manager", "peer_group")
    ordering = ("participant__full_name", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "participant",
                    "cohort",
                    "status",
                    "standing",
                    "employer",
                    "job_title",
                    "managed_by",
                    "peer_group",
                    "works",
                )
            },
        ),
        ("History", {"fields": HISTORY}),
    )
    readonly_fields = (
        *("participant", "cohort", "standing", "employer", "managed_by", "peer_group", "works"),
        *HISTORY,
    )
    export_columns = (
        Column("Participant", "participant"),
        Column("Email", "participant__email"),
        Column("Cohort", "cohort"),
        Column("Employer", "employer__name"),
        Column("Standing", "get_standing_display"),
        Column("Job title", "job_title"),
        Column("Line manager", "manager"),
        Column("Line manager's email", "manager_address"),
        Column("Peer group", "peer_group__name"),
        Column("Works on", "working_days"),
        Column("Days done", "days_done"),
        Column("Status", "get_status_display"),
        Column("Enrolled", "enrolled_at"),
        Column("Completed", "completed_at"),
        Column("Did not complete", "not_completed_at"),
        Column("Withdrawn", "withdrawn_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrolment]:
        return with_days_done(super().get_queryset(request))

    @own_page("cohort/<int:pk>/", "completion")
    def completion_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everybody of a cohort against its rules, and what can be done."""
        cohort = cohort_or_404(request, pk)
        people = standings(cohort)
        done = [standing for standing in people if standing.enrolment.completed_at]
        without = certificates.waiting_for_one(cohort).count()
        rules = cohort.completion_rules.select_related("component")
        return self.page(
            request,
            "admin/cohorts/completion.html",
            title=f"Completion and certificates: {cohort}",
            cohort=cohort,
            people=people,
            rules=[check.rule for check in people[0].checks] if people else rules,
            ready=[standing.enrolment.pk for standing in people if standing.can_complete],
            completed=len(done),
            without_certificate=without,
            job=Job.objects.unfinished().about(cohort).filter(kind=JOB_KIND).first(),
        )

    # As the record calls them, not as their account does.
    managed_by = column("Line manager", lambda enrolment: enrolment.manager or "-", "manager_name")

    works = column("Works on", lambda one: one.working_days or "Monday to Friday, unless they say otherwise")

    from_where = column("Employer", "works_as", "employer__name")

    days = column(
        "Days done", lambda enrolment: english.days(english.nearest_quarter(enrolment.days_done)), "days_done"
    )

    status_label = column(
        "Status",
        lambda enrolment: EnrolmentStatus(enrolment.status).label,
        "status",
        colours={
            EnrolmentStatus.ENROLLED.label: "info",
            EnrolmentStatus.COMPLETED.label: "success",
            EnrolmentStatus.NOT_COMPLETED.label: "warning",
            EnrolmentStatus.WITHDRAWN.label: "danger",
        },
    )

    def save_model(self, request: HttpRequest, obj: Enrolment, form: ModelForm, change: bool) -> None:
        if "job_title" in form.changed_data:
            enrolments.correct(enrolment=obj, job_title=obj.job_title, by=request.user)


class HostingInline(ReadOnlyInline):
    """Where the assignment was, and whom to ask for, from when until when."""

    model = Hosting
    verbose_name_plural = "hosts"
    fields = readonly_fields = ("first_day", "last_day", "host", "host_contact")
    related = ("host",)
    hide_title = True

    first_day = column("From", lambda row: english.day_date(row.starts_on) if row.starts_on else "The beginning")
    last_day = column("Last day", lambda row: english.day_date(row.last_day) if row.last_day else "-")


class PlacementDayInline(ReadOnlyInline):
    """The days that were recorded, and whether they count."""

    model = PlacementDay
    verbose_name_plural = "days recorded"
    fields = readonly_fields = ("on", "amount", "what", "state")
    related = ("placement__component",)
    hide_title = True

    amount = column("How much", lambda day: day.placement.component.said(day.days))
    state = column("Status", lambda day: _state_of(day))


def _state_of(day: PlacementDay) -> str:
    if day.removed_at:
        return "Removed"
    if day.objection:
        return f"Not right, the host says: {day.objection}"
    if day.confirmed_at:
        return f"Confirmed by {day.confirmed_by}"
    return "Waits for the host" if day.waits else "Counts"


def _supervisor(one: Placement) -> str:
    found = supervisor_of(one) if one.pk else None
    return f"{found.name}, {found.email}" if found else "Nobody"


@admin.register(Placement)
class PlacementAdmin(SteppedAdmin):
    """Assignments with a host, from where the part of the plan says (B7, B8)."""

    change_permission = CohortPermission.RUN_COHORTS
    form = PlacementForm
    # Another host has a step, which asks from which day on.
    fixed_fields = ("enrolment", "component", "host", "host_contact")
    list_display = ("participant", "component", "title", "kind", "host", "pattern", "starts_on", "ends_on")
    list_filter = (CohortFilter, "kind", "host")
    search_fields = ("title", "host__name", "enrolment__participant__full_name", "enrolment__participant__email")
    list_select_related = ("enrolment__participant", "enrolment__cohort", "enrolment__employer", "host", "component")
    autocomplete_fields = ("enrolment", "host")
    fieldsets = (
        (None, {"fields": ("enrolment", "component", "host", "kind", "title", "description")}),
        (
            "How",
            {
                "fields": (
                    *(("starts_on", "ends_on"), "weekdays", ("day_share", "every_weeks"), "working_pattern"),
                    *("host_contact", "supervised_by", "host_lost"),
                )
            },
        ),
    )
    export_columns = (
        Column("Participant", "enrolment__participant"),
        Column("Employer", "enrolment__employer__name"),
        Column("Standing", "enrolment__get_standing_display"),
        Column("Part", "component__title"),
        Column("Assignment", "title"),
        Column("Kind", "get_kind_display"),
        Column("Host", "host__name"),
        Column("Pattern", "pattern"),
        Column("From", "starts_on"),
        Column("To", "ends_on"),
        Column("Host cannot go on since", "lost_on"),
        Column("Why", "lost_because"),
    )

    readonly_fields = ("supervised_by", "host_lost")
    host_lost = column(
        "The host cannot go on",
        lambda one: f"Since {english.day_date(one.lost_on)}: {one.lost_because}" if one.lost_on else "",
    )
    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    supervised_by = column("Confirms the days by a link", lambda one: _supervisor(one))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "component":
            cohorts = Cohort.objects.visible_to(request.user)
            found = Component.objects.filter(recording=Recording.HOST, plan__cohorts__in=cohorts)
            kwargs["queryset"] = found.select_related("plan__programme").distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    pattern = column("Pattern", "pattern")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What has to be meant is asked once there is something to mean."""
        asked = (None, {"fields": ("anew",)})
        return (*super().get_fieldsets(request, obj), *((asked,) if obj and request.method == "POST" else ()))

    def get_inlines(self, request: HttpRequest, obj: Placement | None) -> list[type[HostingInline]]:
        return [PlacementDayInline, HostingInline] if obj else []

    def save_model(self, request: HttpRequest, obj: Placement, form: ModelForm, change: bool) -> None:
        details = {name: getattr(obj, name) for name in placements.FIELDS}
        try:
            saved = placements.set_placement(
                enrolment=obj.enrolment, component=obj.component, host=obj.host, by=request.user, **details
            )
        except NotPossible as sentence:  # the form has looked already; this is what changed in between
            messages.error(request, str(sentence))
            return
        if off := [WEEKDAYS[day] for day in obj.weekdays if day not in (obj.enrolment.works_on or WORKING_WEEK)]:
            days = english.listed([f"{name}s" for name in off])
            messages.warning(request, f"{obj.enrolment.participant} does not work on {days}, which are planned days.")
        obj.pk = saved.pk
