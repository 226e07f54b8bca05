"""Notes of staff: on the page of the participant, and in a list of their own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from cohorts.desk.filters import CohortFilter
from cohorts.models import StaffNote
from steppingup.desk.admin import ReadOnlyInline
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.history.changes import history_of
from steppingup.site.export import Column


def _linked(note: StaffNote) -> Any:
    page = reverse("admin:cohorts_staffnote_change", args=[note.pk])
    return format_html('<a class="su-link" href="{}">{}</a>', page, english.day_date(note.on))


class NotesInline(ReadOnlyInline):
    """What colleagues noted, the latest first."""

    model = StaffNote
    verbose_name_plural = "notes of staff"
    day = column("When", _linked)
    fields = readonly_fields = ("day", "kind", "text", "written_by")
    related = ("written_by",)
    show_count = True
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(request.user)


@admin.register(StaffNote)
class StaffNoteAdmin(SteppedAdmin):
    """Written on the page of a participant; corrected and removed here."""

    adds = False
    list_display = ("on", "participant", "kind", "short", "written_by")
    list_filter = (CohortFilter, "kind", "written_by", "on")
    search_fields = ("text", "enrolment__participant__full_name")
    list_select_related = ("enrolment__participant", "enrolment__cohort__programme__provider", "written_by")
    sections_page = "staff_note"
    ordering = ("-on", "-pk")
    fields = readonly_fields = ("participant", "cohort", "kind", "on", "text", "written_by", "written_at")
    export_columns = (
        Column("When", "on"),
        Column("Participant", "enrolment__participant"),
        Column("Cohort", "enrolment__cohort"),
        Column("About", "get_kind_display"),
        Column("Note", "text"),
        Column("Written by", "written_by"),
        Column("Written", "written_at"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    cohort = column("Cohort", "enrolment__cohort")
    short = column("Note", lambda note: note.text if len(note.text) < 120 else f"{note.text[:117]}…")


def changes(*, subject: StaffNote, viewer: Any) -> dict[str, Any] | None:
    """What it said before it was corrected. The page is shown to those who may read the note."""
    found = history_of(subject)
    return {"changes": found} if len(found) > 1 else None
