"""Registrations: who works towards what, where they stand, and what can be done about it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from modules import telling
from modules.actions import registrations as actions
from modules.admin.common import (
    ASSIGNMENT_COLOURS,
    KEEP,
    REGISTRATION_COLOURS,
    CohortFilter,
    KeeperAdmin,
    QualificationFilter,
)
from modules.models import Registration
from modules.progress import choices_of, standing_of, todo_of
from modules.states import COURSE_CHOICE, REGISTRATION, AssignmentStatus, RegistrationStatus
from steppingup.desk.history import history_of
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.formats.english import day_date
from steppingup.site.export import Column


class DueFilter(DropdownFilter):
    title = "due date"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "Overdue"), ("near", "Due within 30 days")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "overdue":
            return queryset.overdue()
        return queryset.near_due() if self.value() == "near" else queryset


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea,
        help_text="The participant reads it.",
        error_messages={"required": "Write the reason. The participant reads it"},
    )


class ExtendForm(ReasonForm):
    due_on = forms.DateField(
        label="New due date",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Choose the new due date", "invalid": "Choose a date"},
    )
    field_order = ["due_on", "reason"]


def _can(name: str) -> Any:
    return lambda registration: name in REGISTRATION.possible(registration.status)


def _can_achieve(registration: Registration) -> bool:
    return _can("achieve")(registration) and not actions.why_not_achieved(registration)


ESSAY_COLOURS: dict[Any, str] = {**ASSIGNMENT_COLOURS, "none": "default"}
REASON = "(the reason that you write)"


def _told_of_extending(registration: Registration) -> list[Any]:
    return telling.previews(
        telling.of_extending(registration, registration.due_on, REASON, due_on="the day that you choose")
    )


def assignment_label(status: str | None) -> tuple[str, str]:
    """The value and words of Unfold's label for the latest version."""
    return (status, AssignmentStatus(status).label) if status else ("none", "None yet")


@admin.register(Registration)
class RegistrationAdmin(StepsMixin, KeeperAdmin):
    provider_path = "enrolment__cohort__programme__provider"
    cohort_path = "enrolment__cohort"
    change_form_outer_before_template = "admin/modules/registration.html"
    list_display = ("person", "cohort_name", "award", "state", "credits", "courses", "essay", "due")
    list_filter = (CohortFilter, QualificationFilter, DueFilter, ("status", ChoicesDropdownFilter))
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "enrolment__employer__name")
    ordering = ("due_on", "pk")
    fields = readonly_fields = (
        *("person", "employer", "cohort", "qualification", "status", "registered_on", "due_on", "achieved_on"),
        *("withdrawn_on", "withdrawal_reason", "line_manager"),
    )
    export_columns = (
        Column("Participant", "enrolment__participant__full_name"),
        Column("Email", "enrolment__participant__email"),
        Column("Employer", "enrolment__employer__name"),
        Column("Cohort", "enrolment__cohort__name"),
        Column("Qualification", "qualification__name"),
        Column("State", "get_status_display"),
        Column("Credits passed", "credits_passed"),
        Column("Credits asked for", "qualification__credits"),
        Column("Courses chosen", "courses_chosen"),
        Column("Courses passed", "courses_passed"),
        Column("Assignment", lambda row: assignment_label(row.assignment_status)[1]),
        Column("Registered on", "registered_on"),
        Column("Due on", "due_on"),
        Column("Overdue", "is_overdue"),
        Column("Achieved on", "achieved_on"),
    )
    steps = (
        AdminStep(
            "achieve",
            "Record as achieved",
            actions.achieve,
            "registration",
            KEEP,
            _can_achieve,
            told=lambda r: telling.previews(telling.of_achieving(r)),
            text="Credits, courses and assignment are complete. Usually this happens by itself with the last result.",
        ),
        AdminStep(
            "extend",
            "Give more time",
            actions.extend,
            "registration",
            KEEP,
            _can("withdraw"),
            told=_told_of_extending,
            form_class=ExtendForm,
            text="The due date moves. What it was before is kept, with your reason.",
        ),
        AdminStep(
            "withdraw",
            "Withdraw the registration",
            actions.withdraw,
            "registration",
            KEEP,
            _can("withdraw"),
            told=lambda r: telling.previews(telling.of_withdrawing(r, REASON)),
            form_class=ReasonForm,
            text="The place on the programme stays as it is. Results are kept, and the registration can be taken up again.",
        ),
        AdminStep(
            "resume",
            "Take it up again",
            actions.resume,
            "registration",
            KEEP,
            _can("resume"),
            told=lambda r: telling.previews(telling.of_resuming(r)),
            text="Results count as before, and the due date stands. You can give more time afterwards.",
        ),
        AdminStep(
            "reopen",
            "Undo the achievement",
            actions.reopen,
            "registration",
            KEEP,
            _can("reopen"),
            told=lambda r: telling.previews(telling.of_reopening(r, REASON)),
            form_class=ReasonForm,
            text="Only for a mistake. Afterwards you can correct the results.",
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        rows = super().get_queryset(request)
        return rows.with_everything().select_related("enrolment__line_manager").with_progress()

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """With its courses, versions of the assignment, extensions and history."""
        extra = dict(kwargs.pop("extra_context", None) or {})
        obj = self.get_object(request, object_id)
        if obj is not None:
            extra |= self._details(obj)
        return super().change_view(request, object_id, *args, extra_context=extra, **kwargs)

    def _details(self, obj: Registration) -> dict[str, Any]:
        standing = standing_of(obj, choices=choices_of(obj), with_offer=True)
        choices = obj.choices.select_related("course", "recorded_by").order_by("chosen_at", "pk")
        route = "admin:modules_coursechoice_step"
        is_open = "withdraw" in REGISTRATION.possible(obj.status)
        labels = (("pass", "Passed"), ("fail", "Not passed yet"), ("drop", "Drop"), ("correct", "Undo the result"))
        rows = [
            {
                "choice": choice,
                "steps": [
                    {"label": label, "url": reverse(route, args=[choice.pk, name])}
                    for name, label in labels
                    if is_open and name in COURSE_CHOICE.possible(choice.status)
                ],
            }
            for choice in choices
        ]
        return {
            "standing": standing,
            "todo": todo_of(obj, standing=standing),
            "rows": rows,
            "versions": list(
                obj.assignments.select_related("file", "placement__host", "marked_by").order_by("-version")
            ),
            "extensions": list(obj.extensions.select_related("given_by")),
            "history": history_of(obj, "choices", "assignments"),
        }

    @display(description="Participant", ordering="enrolment__participant__full_name")
    def person(self, obj: Registration) -> str:
        return str(obj.enrolment.participant)

    @display(description="Employer", ordering="enrolment__employer__name")
    def employer(self, obj: Registration) -> str:
        return obj.enrolment.employer.name

    @display(description="Cohort", ordering="enrolment__cohort__name")
    def cohort(self, obj: Registration) -> str:
        return str(obj.enrolment.cohort)

    @display(description="Cohort", ordering="enrolment__cohort__name")
    def cohort_name(self, obj: Registration) -> str:
        return obj.enrolment.cohort.name

    @display(description="Qualification", ordering="qualification__name")
    def award(self, obj: Registration) -> str:
        return f"{obj.qualification.awarding_body} Level {obj.qualification.level}"

    @display(description="Line manager")
    def line_manager(self, obj: Registration) -> str:
        return str(obj.enrolment.line_manager or "None")

    @display(description="State", ordering="status", label=REGISTRATION_COLOURS)
    def state(self, obj: Registration) -> tuple[str, str]:
        under_way = obj.status == RegistrationStatus.REGISTERED
        return obj.status, "Under way" if under_way else obj.get_status_display()

    @display(description="Credits passed", ordering="credits_passed")
    def credits(self, obj: Any) -> str:
        return f"{obj.credits_passed} of {obj.qualification.credits}"

    @display(description="Courses passed", ordering="courses_passed")
    def courses(self, obj: Any) -> str:
        return f"{obj.courses_passed} of {obj.courses_chosen}"

    @display(description="Assignment", ordering="assignment_status", label=ESSAY_COLOURS)
    def essay(self, obj: Any) -> tuple[str, str]:
        return assignment_label(obj.assignment_status)

    @display(description="Due", ordering="due_on", label={"over": "danger", "open": "default"})
    def due(self, obj: Registration) -> tuple[str, str]:
        day: date = obj.due_on
        return ("over", f"{day_date(day)}, overdue") if obj.is_overdue else ("open", day_date(day))
