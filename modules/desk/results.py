"""Results of courses, one by one or many at once, and the marking of assignments."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from cohorts.desk.filters import CohortFilter
from modules.desk.keeping import QualificationFilter
from modules.models import Assignment, CourseChoice
from modules.states import ASSIGNMENT_COLOURS, COURSE_COLOURS
from steppingup.desk.stepping import SteppedAdmin
from steppingup.files.serving import serve
from steppingup.site.export import Column


class OfParticipant(SteppedAdmin):
    """Columns that say whose it is."""

    list_filter: Any = (CohortFilter, QualificationFilter, ("status", ChoicesDropdownFilter))
    search_fields: Any = (
        "registration__enrolment__participant__full_name",
        "registration__enrolment__participant__email",
    )

    @display(description="Participant", ordering="registration__enrolment__participant__full_name")
    def person(self, obj: Any) -> str:
        return str(obj.participant)

    @display(description="Cohort", ordering="registration__enrolment__cohort__name")
    def cohort(self, obj: Any) -> str:
        return str(obj.registration.enrolment.cohort)

    @display(description="Qualification", ordering="registration__qualification__name")
    def qualification(self, obj: Any) -> str:
        return str(obj.registration.qualification)


@admin.register(CourseChoice)
class CourseChoiceAdmin(OfParticipant):
    list_display = ("person", "cohort", "course", "credits", "state", "result_on")
    search_fields = (*OfParticipant.search_fields, "course__title", "course__code")
    ordering = ("registration__enrolment__participant__full_name", "chosen_at", "pk")
    fields = readonly_fields = (
        *("person", "cohort", "qualification", "course", "credits", "status", "chosen_at", "result_on", "recorded_by"),
    )
    export_columns = (
        Column("Participant", "registration__enrolment__participant__full_name"),
        Column("Cohort", "registration__enrolment__cohort__name"),
        Column("Qualification", "registration__qualification__name"),
        Column("Code", "course__code"),
        Column("Course", "course__title"),
        Column("Credits", "credits"),
        Column("Result", "get_status_display"),
        Column("Date of the result", "result_on"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CourseChoice]:
        return super().get_queryset(request).for_steps().select_related("recorded_by")

    @display(description="Result", ordering="status", label=COURSE_COLOURS)
    def state(self, obj: CourseChoice) -> tuple[str, str]:
        return obj.status, obj.get_status_display()


@admin.register(Assignment)
class AssignmentAdmin(OfParticipant):
    change_form_outer_before_template = "admin/modules/assignment.html"
    list_display = ("person", "cohort", "version", "pages", "state", "submitted_at", "marked_by")
    ordering = ("-submitted_at", "-pk")
    fields = readonly_fields = (
        *("person", "cohort", "qualification", "version", "pages", "about", "status", "submitted_at"),
        *("marked_at", "marked_by", "feedback"),
    )
    export_columns = (
        Column("Participant", "registration__enrolment__participant__full_name"),
        Column("Cohort", "registration__enrolment__cohort__name"),
        Column("Qualification", "registration__qualification__name"),
        Column("Version", "version"),
        Column("Pages", "pages"),
        Column("About the stretch assignment", lambda row: row.placement_id is not None),
        Column("Status", "get_status_display"),
        Column("Handed in", "submitted_at"),
        Column("Marked", "marked_at"),
        Column("Marked by", lambda row: str(row.marked_by or "")),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).for_steps().select_related("file", "placement__host", "marked_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/file/", view, name="modules_assignment_file"), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file itself, for whoever keeps qualifications of this cohort."""
        return serve(get_object_or_404(self.get_queryset(request), pk=pk).file)

    @display(description="Status", ordering="status", label=ASSIGNMENT_COLOURS)
    def state(self, obj: Assignment) -> tuple[str, str]:
        return obj.status, obj.get_status_display()

    @display(description="About")
    def about(self, obj: Assignment) -> str:
        return f"The stretch assignment “{obj.placement}”" if obj.placement else "Their own work"
