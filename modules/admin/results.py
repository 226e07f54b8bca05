"""Results of courses, one by one or many at once, and the marking of assignments."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from modules import telling
from modules.actions import assignments, courses
from modules.admin.common import (
    ASSIGNMENT_COLOURS,
    COURSE_COLOURS,
    KEEP,
    CohortOfRegistrationFilter,
    KeeperAdmin,
    QualificationOfRegistrationFilter,
)
from modules.models import Assignment, CourseChoice
from modules.states import ASSIGNMENT, COURSE_CHOICE, RegistrationStatus
from steppingup.desk.fields import style
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.desk.waiting import NextFilter
from steppingup.files.serving import serve
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column

RELATED = (
    "registration__qualification",
    "registration__enrolment__participant",
    "registration__enrolment__employer",
    "registration__enrolment__cohort__programme__provider",
)


class ResultForm(forms.Form):
    on = forms.DateField(
        label="Date of the result",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the date of the result", "invalid": "Choose a date"},
    )


def _open(name: str) -> Any:
    def possible(choice: CourseChoice) -> bool:
        under_way = choice.registration.status == RegistrationStatus.REGISTERED
        return under_way and name in COURSE_CHOICE.possible(choice.status)

    return possible


def _of(sentence: str) -> Any:
    """Whose course it is, and what the step means."""
    return lambda choice: f"{choice.registration.enrolment.participant}: {sentence[0].lower()}{sentence[1:]}"


def _told(result: str) -> Any:
    def told(choice: CourseChoice) -> list[Any]:
        notices = telling.of_result(choice, result)
        if result == "pass" and telling.would_achieve(choice.registration, choice=choice):
            notices += telling.of_achieving(choice.registration)
        return telling.previews(notices)

    return told


def _record(result: str) -> Any:
    def run(*, choice: CourseChoice, by: Any, on: Any = None) -> CourseChoice:
        return courses.record_result(choice=choice, result=result, by=by, on=on)

    return run


class OfParticipant(KeeperAdmin):
    """Columns that say whose it is."""

    provider_path = "registration__enrolment__cohort__programme__provider"
    cohort_path = "registration__enrolment__cohort"
    search_fields: tuple[str, ...] = (
        "registration__enrolment__participant__full_name",
        "registration__enrolment__participant__email",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @display(description="Participant", ordering="registration__enrolment__participant__full_name")
    def person(self, obj: Any) -> str:
        return str(obj.registration.enrolment.participant)

    @display(description="Cohort", ordering="registration__enrolment__cohort__name")
    def cohort(self, obj: Any) -> str:
        return str(obj.registration.enrolment.cohort)

    @display(description="Qualification", ordering="registration__qualification__name")
    def qualification(self, obj: Any) -> str:
        return str(obj.registration.qualification)


@admin.register(CourseChoice)
class CourseChoiceAdmin(StepsMixin, OfParticipant):
    list_display = ("person", "cohort", "course", "credits", "state", "result_on")
    list_filter = (CohortOfRegistrationFilter, QualificationOfRegistrationFilter, ("status", ChoicesDropdownFilter))
    search_fields = (*OfParticipant.search_fields, "course__title", "course__code")
    ordering = ("registration__enrolment__participant__full_name", "chosen_at", "pk")
    actions = ("record_pass",)
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
    steps = (
        AdminStep(
            *("pass", "Record a pass", _record("pass"), "choice", KEEP, _open("pass")),
            told=_told("pass"),
            form_class=ResultForm,
            text=_of("The credits of the course count. If nothing else is missing, the qualification is achieved."),
        ),
        AdminStep(
            *("fail", "Record “not passed yet”", _record("fail"), "choice", KEEP, _open("fail")),
            told=_told("fail"),
            form_class=ResultForm,
            text=_of("The participant may try again, or drop the course and choose another."),
        ),
        AdminStep(
            *("drop", "Drop the course", courses.drop_course, "choice", KEEP, _open("drop")),
            told=lambda choice: telling.previews(telling.of_choosing(choice, "dropped")),
            text=_of("Its place becomes free for another course."),
        ),
        AdminStep(
            *("correct", "Undo the result", courses.correct, "choice", KEEP, _open("correct")),
            told=_told("correct"),
            text=_of("Only for a mistake. Afterwards you can record the right result."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CourseChoice]:
        return super().get_queryset(request).select_related(*RELATED, "course", "recorded_by")

    @display(description="Result", ordering="status", label=COURSE_COLOURS)
    def state(self, obj: CourseChoice) -> tuple[str, str]:
        return obj.status, obj.get_status_display()

    @admin.action(description="Record a pass for those selected")
    def record_pass(self, request: HttpRequest, queryset: QuerySet[CourseChoice]) -> HttpResponse | None:
        """A page that lists each course and who will be told, and then one button. All of them, or none."""
        chosen = [choice for choice in queryset.order_by("pk") if self.allows(request, KEEP, choice)]
        ready = [choice for choice in chosen if _open("pass")(choice)]
        if not ready:
            self.message_user(request, "None of these can be passed now.", messages.WARNING)
            return None
        confirmed = "confirmed" in request.POST
        form = ResultForm(request.POST if confirmed else None)
        if confirmed and form.is_valid():
            try:
                with transaction.atomic():
                    for choice in ready:
                        courses.record_result(
                            choice=choice,
                            result="pass",
                            by=request.user,
                            on=form.cleaned_data["on"],
                        )
            except NotPossible as sentence:
                form.add_error("on", str(sentence))
            else:
                self.message_user(request, f"{len(ready)} passed. The participants will be told.", messages.SUCCESS)
                return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Record a pass for those selected",
            "ready": ready,
            "left_out": [choice for choice in chosen if choice not in ready],
            "form": style(form),
            "told": [preview for choice in ready for preview in _told("pass")(choice)],
        }
        return TemplateResponse(request, "admin/modules/record_pass.html", context)


class FeedbackForm(forms.Form):
    feedback = forms.CharField(
        label="Feedback",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="What was good, and what could be better. The participant reads it.",
    )


class RevisionForm(FeedbackForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["feedback"]
        field.required, field.label = True, "What is to be revised"
        field.error_messages["required"] = "Write what is to be revised. The participant reads it"


def _mark(result: str) -> Any:
    def run(*, assignment: Assignment, by: Any, feedback: str = "") -> Assignment:
        return assignments.mark_assignment(assignment=assignment, result=result, feedback=feedback, by=by)

    return run


def _told_of_mark(result: str) -> Any:
    def told(assignment: Assignment) -> list[Any]:
        notices = telling.of_marking(assignment, result, "(the feedback that you write)")
        if result == "pass" and telling.would_achieve(assignment.registration, assignment=True):
            notices += telling.of_achieving(assignment.registration)
        return telling.previews(notices)

    return told


def _can_mark(name: str) -> Any:
    def possible(assignment: Assignment) -> bool:
        under_way = assignment.registration.status == RegistrationStatus.REGISTERED
        return under_way and name in ASSIGNMENT.possible(assignment.status)

    return possible


@admin.register(Assignment)
class AssignmentAdmin(StepsMixin, OfParticipant):
    change_form_outer_before_template = "admin/modules/assignment.html"
    list_display = ("person", "cohort", "version", "pages", "state", "submitted_at", "marked_by")
    list_filter = (
        NextFilter,
        CohortOfRegistrationFilter,
        QualificationOfRegistrationFilter,
        ("status", ChoicesDropdownFilter),
    )
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
        Column("State", "get_status_display"),
        Column("Handed in", "submitted_at"),
        Column("Marked", "marked_at"),
        Column("Marked by", lambda row: str(row.marked_by or "")),
    )
    steps = (
        AdminStep(
            *("pass", "Pass", _mark("pass"), "assignment", KEEP, _can_mark("pass")),
            told=_told_of_mark("pass"),
            form_class=FeedbackForm,
            text="If nothing else is missing, the qualification is achieved.",
        ),
        AdminStep(
            *("refer", "Ask for a revision", _mark("refer"), "assignment", KEEP, _can_mark("refer")),
            told=_told_of_mark("refer"),
            form_class=RevisionForm,
            text="The participant can hand in another version.",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).select_related(*RELATED, "file", "placement__host", "marked_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/file/", view, name="modules_assignment_file"), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file itself, for whoever keeps qualifications of this cohort."""
        found = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, found):
            raise Http404
        return serve(found.file)

    @display(description="State", ordering="status", label=ASSIGNMENT_COLOURS)
    def state(self, obj: Assignment) -> tuple[str, str]:
        return obj.status, obj.get_status_display()

    @display(description="About")
    def about(self, obj: Assignment) -> str:
        return f"The stretch assignment “{obj.placement}”" if obj.placement else "Their own work"
