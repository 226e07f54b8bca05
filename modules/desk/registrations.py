"""Registrations: who works towards what, where they stand, and what can be done about it."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from cohorts.desk.filters import CohortFilter
from modules.desk.results import QualificationFilter
from modules.models import Registration
from modules.progress import standing_of, todo_of
from modules.states import ASSIGNMENT_COLOURS, COUNTS, REGISTRATION_COLOURS, AssignmentStatus, RegistrationStatus
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats.english import day_date
from steppingup.history.changes import history_of
from steppingup.site.export import Column

ESSAY_COLOURS: dict[Any, str] = {**ASSIGNMENT_COLOURS, "none": "default"}


def assignment_label(status: str | None) -> tuple[str, str]:
    """The value and words of Unfold's label for the latest version."""
    return (status, AssignmentStatus(status).label) if status else ("none", "None yet")


@admin.register(Registration)
class RegistrationAdmin(SteppedAdmin):
    change_form_outer_before_template = "admin/modules/registration.html"
    list_display = ("person", "cohort_name", "award", "state", "credits", "courses", "essay", "due")
    list_filter = (CohortFilter, QualificationFilter, ("status", ChoicesDropdownFilter))
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "enrolment__employer__name")
    fields = readonly_fields = (
        *("person", "employer", "cohort", "qualification", "status", "registered_on", "due_on", "achieved_on"),
        *("withdrawn_on", "withdrawal_reason", "line_manager"),
    )
    export_columns = (
        Column("Participant", "enrolment__participant__full_name"),
        Column("Email", "enrolment__participant__email"),
        Column("Employer", "enrolment__employer__name"),
        Column("Standing", "enrolment__get_standing_display"),
        Column("Cohort", "enrolment__cohort__name"),
        Column("Qualification", "qualification__name"),
        Column("Status", "get_status_display"),
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        return super().get_queryset(request).with_everything().with_progress()

    def around(self, request: HttpRequest, obj: Registration) -> dict[str, Any]:
        """Its courses, versions of the assignment, extensions and history."""
        choices = list(obj.choices.select_related("course").order_by("chosen_at", "pk"))
        for choice in choices:
            choice.registration = obj  # whose steps ask it who and when
        standing = standing_of(obj, choices=[one for one in choices if one.status in COUNTS], with_offer=True)
        return {
            "standing": standing,
            "todo": todo_of(obj, standing=standing),
            "rows": [{"choice": choice, "steps": self.buttons(request, choice)} for choice in choices],
            "versions": list(obj.assignments.select_related("file", "marked_by").with_hosts().order_by("-version")),
            "extensions": list(obj.extensions.select_related("given_by")),
            "history": history_of(obj, "choices", "assignments"),
        }

    person = column("Participant", "enrolment__participant", "enrolment__participant__full_name")

    employer = column("Employer", lambda obj: obj.enrolment.works_as, "enrolment__employer__name")

    cohort = column("Cohort", "enrolment__cohort", "enrolment__cohort__name")

    cohort_name = column("Cohort", "enrolment__cohort__name", "enrolment__cohort__name")

    award = column(
        "Qualification",
        lambda obj: f"{obj.qualification.awarding_body} Level {obj.qualification.level}",
        "qualification__name",
    )

    line_manager = column("Line manager", lambda obj: obj.enrolment.manager or "None")

    @display(description="Status", ordering="status", label=REGISTRATION_COLOURS)
    def state(self, obj: Registration) -> tuple[str, str]:
        return obj.status, "Under way" if obj.status == RegistrationStatus.REGISTERED else obj.get_status_display()

    credits = column(
        "Credits passed", lambda obj: f"{obj.credits_passed} of {obj.qualification.credits}", "credits_passed"
    )

    courses = column("Courses passed", lambda obj: f"{obj.courses_passed} of {obj.courses_chosen}", "courses_passed")

    essay = column(
        "Assignment", lambda obj: assignment_label(obj.assignment_status), "assignment_status", colours=ESSAY_COLOURS
    )

    @display(description="Due", ordering="due_on", label={"over": "danger", "open": "default"})
    def due(self, obj: Registration) -> tuple[str, str]:
        day: date = obj.due_on
        return ("over", f"{day_date(day)}, overdue") if obj.is_overdue else ("open", day_date(day))
