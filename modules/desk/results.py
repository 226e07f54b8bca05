"""Results of courses, one by one or many at once, and the marking of assignments."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from cohorts.desk.filters import CohortFilter
from cohorts.models import Needs
from cohorts.states.staying import NeedsReader
from modules.models import Assignment, CourseChoice, Qualification, Registration
from modules.states import ASSIGNMENT_COLOURS, COURSE_COLOURS
from steppingup.desk.admin import own_page
from steppingup.desk.lists import NumberFilter, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.desk.uploads import open_upload
from steppingup.site.export import Column


class QualificationFilter(NumberFilter):
    """The qualifications of the programmes that this person sees."""

    title = parameter_name = "qualification"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        rows = Qualification.objects.visible_to(request.user).select_related("programme")
        return [(row.pk, f"{row.name} ({row.programme}{_which(row)})") for row in rows]

    def path_from(self, queryset: Any) -> str:
        return "qualification" if queryset.model is Registration else "registration__qualification"


def _which(qualification: Qualification) -> str:
    return f", version {qualification.version}" if qualification.version > 1 else ""


class OfParticipant(SteppedAdmin):
    """Columns that say whose it is."""

    list_filter: Any = (CohortFilter, QualificationFilter, ("status", ChoicesDropdownFilter))
    search_fields: Any = (
        "registration__enrolment__participant__full_name",
        "registration__enrolment__participant__email",
    )

    person = column("Participant", "participant", "registration__enrolment__participant__full_name")

    cohort = column("Cohort", "registration__enrolment__cohort", "registration__enrolment__cohort__name")

    qualification = column("Qualification", "registration__qualification", "registration__qualification__name")


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

    state = column("Result", lambda obj: (obj.status, obj.get_status_display()), "status", colours=COURSE_COLOURS)


def _needs(assignment: Assignment) -> str:
    """What the participant needs to take part, where they let whoever marks know it, until it is marked."""
    person = assignment.participant.pk
    return Needs.objects.shown(NeedsReader.MARKERS, [person]).get(person, "") if not assignment.marked_at else ""


@admin.register(Assignment)
class AssignmentAdmin(OfParticipant):
    change_form_outer_before_template = "admin/modules/assignment.html"
    list_display = ("person", "cohort", "version", "pages", "state", "submitted_at", "marked_by")
    ordering = ("-submitted_at", "-pk")
    fields = readonly_fields = (
        *("person", "cohort", "qualification", "version", "pages", "about", "status", "submitted_at", "needs"),
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

    @own_page("<int:pk>/file/", "file")
    def download(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The file itself, for whoever keeps qualifications of this cohort."""
        return open_upload(self, request, get_object_or_404(self.get_queryset(request), pk=pk).file)

    state = column("Status", lambda obj: (obj.status, obj.get_status_display()), "status", colours=ASSIGNMENT_COLOURS)

    needs = column("What they need, as they let you know", lambda obj: _needs(obj))
    about = column("About", lambda obj: f"The stretch assignment {obj.about}" if obj.placement else "Their own work")
