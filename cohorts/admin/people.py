"""Participants and their stretch assignments."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from cohorts import messages as mail
from cohorts.actions import completion, enrolments, placements
from cohorts.admin.completion import CompletionViews
from cohorts.admin.forms import EnrolmentForm, LineManagerForm, PlacementForm, ReasonForm
from cohorts.admin.scope import CohortScopedAdmin
from cohorts.models import DayEntry, Enrolment, Placement
from cohorts.progress import nearest_quarter
from cohorts.queries import behind, with_days_done
from cohorts.states import ENROLMENT, EnrolmentStatus
from steppingup.accounts.roles import Permission
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import MessagePreview, preview
from steppingup.site.export import Column

P = Permission


def _can(name: str) -> Any:
    return lambda enrolment: name in ENROLMENT.possible(enrolment.status)


def _told_of_new_manager(enrolment: Enrolment) -> list[MessagePreview]:
    """What the new line manager would be told, whoever it will be."""
    context = mail.MANAGER_WELCOME.context(enrolment)
    kind = mail.MANAGER_WELCOME.kind.key
    told = preview(kind=kind, to="somebody@example.org", scopes=enrolment.message_scopes, context=context)
    return [replace(told, told="The new line manager", to_email="at the address that you give")]


class BehindFilter(DropdownFilter):
    title = "days missed"
    parameter_name = "missed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("day", "A day or more of sessions")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return behind(queryset) if self.value() == "day" else queryset


ENROLMENT_STEPS = (
    AdminStep(
        "line-manager",
        "Change the line manager",
        enrolments.change_line_manager,
        "enrolment",
        P.RUN_COHORTS,
        _can("withdraw"),
        told=_told_of_new_manager,
        form_class=LineManagerForm,
        text="The new line manager is welcomed by email and sees days, attendance and dates from now on. The one before "
        "sees nothing any more.",
        done="The line manager has changed.",
    ),
    AdminStep(
        "complete",
        "Record completion",
        completion.complete,
        "enrolment",
        P.RUN_COHORTS,
        _can("complete"),
        told=completion.told_of_completing,
        text="This is possible when every rule of the cohort is met or waived.",
        done="Completion is recorded.",
    ),
    AdminStep(
        "undo",
        "Undo the completion",
        completion.undo,
        "enrolment",
        P.RUN_COHORTS,
        _can("reopen"),
        told=mail.COMPLETION_UNDONE.preview,
        text="The participant is on the programme again. A certificate must be revoked first.",
        done="The completion is undone.",
    ),
    AdminStep(
        "withdraw",
        "Withdraw from the programme",
        enrolments.withdraw,
        "enrolment",
        P.RUN_COHORTS,
        _can("withdraw"),
        told=lambda enrolment, values: enrolments.told_of_withdrawing(enrolment, values["reason"]),
        form_class=ReasonForm,
        check=True,
        text="The place is free again. Mentoring ends, and a registration for a qualification is withdrawn. The days "
        "that were done are kept. This cannot be undone.",
        done="The participant has been withdrawn.",
    ),
)


class LedgerInline(TabularInline):
    """The participant's days, as they were posted."""

    model = DayEntry
    extra = 0
    max_num = 0
    can_delete = False
    verbose_name_plural = "day ledger"
    fields = ("on", "component", "days", "note", "posted_by", "posted_at")
    readonly_fields = fields
    ordering = ("on", "pk")
    show_count = True
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[DayEntry]:
        return super().get_queryset(request).select_related("component", "posted_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever may see the participant's page


@admin.register(Enrolment)
class EnrolmentAdmin(CompletionViews, StepsMixin, CohortScopedAdmin):
    """Participants. Places are taken by accepting an offer, never here."""

    form = EnrolmentForm
    steps = ENROLMENT_STEPS
    inlines = (LedgerInline,)
    provider_path = "cohort__programme__provider"
    list_display = ("participant", "cohort", "employer", "line_manager", "peer_group", "days", "status_label")
    list_filter = ("cohort", "status", "peer_group", "employer", BehindFilter)
    search_fields = (
        "participant__full_name",
        "participant__email",
        "employer__name",
        "line_manager__full_name",
        "line_manager__email",
    )
    list_select_related = ("participant", "cohort__programme", "employer", "line_manager", "peer_group")
    ordering = ("participant__full_name", "pk")
    fieldsets = (
        (None, {"fields": ("participant", "cohort", "status", "employer", "job_title", "line_manager", "peer_group")}),
        ("What happened", {"fields": ("enrolled_at", "completed_at", "withdrawn_at", "withdrawal_reason")}),
    )
    readonly_fields = (
        *("participant", "cohort", "employer", "line_manager"),
        *("enrolled_at", "completed_at", "withdrawn_at", "withdrawal_reason"),
    )
    export_columns = (
        Column("Participant", "participant"),
        Column("Email", "participant__email"),
        Column("Cohort", "cohort"),
        Column("Employer", "employer__name"),
        Column("Job title", "job_title"),
        Column("Line manager", "line_manager"),
        Column("Line manager's email", "line_manager__email"),
        Column("Peer group", "peer_group__name"),
        Column("Days done", "days_done"),
        Column("Status", "get_status_display"),
        Column("Enrolled", "enrolled_at"),
        Column("Completed", "completed_at"),
        Column("Withdrawn", "withdrawn_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrolment]:
        return with_days_done(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @display(description="Days done", ordering="days_done")
    def days(self, enrolment: Any) -> str:
        return english.days(nearest_quarter(enrolment.days_done))

    @display(
        description="Status",
        ordering="status",
        label={
            EnrolmentStatus.ENROLLED.label: "info",
            EnrolmentStatus.COMPLETED.label: "success",
            EnrolmentStatus.WITHDRAWN.label: "danger",
        },
    )
    def status_label(self, enrolment: Enrolment) -> str:
        return EnrolmentStatus(enrolment.status).label

    def save_model(self, request: HttpRequest, obj: Enrolment, form: ModelForm, change: bool) -> None:
        if "job_title" in form.changed_data:
            enrolments.correct(enrolment=obj, job_title=obj.job_title, by=request.user)
        if "peer_group" in form.changed_data:
            enrolments.place_in_group(enrolment=obj, peer_group=obj.peer_group, by=request.user)


@admin.register(Placement)
class PlacementAdmin(CohortScopedAdmin):
    """Stretch assignments, always with another organisation (B7, B8)."""

    form = PlacementForm
    cohort_path = "enrolment__cohort"
    provider_path = "enrolment__cohort__programme__provider"
    list_display = ("participant", "title", "kind", "host", "working_pattern", "starts_on", "ends_on")
    list_filter = ("enrolment__cohort", "kind", "host")
    search_fields = ("title", "host__name", "enrolment__participant__full_name", "enrolment__participant__email")
    list_select_related = ("enrolment__participant", "enrolment__cohort", "host")
    autocomplete_fields = ("enrolment", "host")
    fieldsets = (
        (None, {"fields": ("enrolment", "host", "kind", "title", "description")}),
        ("How", {"fields": ("working_pattern", "host_contact", ("starts_on", "ends_on"))}),
    )
    export_columns = (
        Column("Participant", "enrolment__participant"),
        Column("Employer", "enrolment__employer__name"),
        Column("Assignment", "title"),
        Column("Kind", "get_kind_display"),
        Column("Host", "host__name"),
        Column("Pattern", "working_pattern"),
        Column("From", "starts_on"),
        Column("To", "ends_on"),
    )

    def export_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("enrolment__participant", "enrolment__employer", "host")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        given = list(super().get_readonly_fields(request, obj))
        return [*given, "enrolment"] if obj else given

    @display(description="Participant", ordering="enrolment__participant__full_name")
    def participant(self, placement: Placement) -> str:
        return str(placement.enrolment.participant)

    def save_model(self, request: HttpRequest, obj: Placement, form: ModelForm, change: bool) -> None:
        details = {name: getattr(obj, name) for name in placements.FIELDS}
        try:
            saved = placements.set_placement(enrolment=obj.enrolment, host=obj.host, by=request.user, **details)
        except NotPossible as sentence:  # the form has looked already; this is what changed in between
            messages.error(request, str(sentence))
            return
        obj.pk = saved.pk
