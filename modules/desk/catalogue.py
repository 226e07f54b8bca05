"""The catalogue of courses, with its import, and the rules of qualifications (B39 to B46)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from modules.desk.importing import CourseResource
from modules.models import Course, Qualification
from modules.policies import KEEP
from steppingup.desk.importing import RowsImport
from steppingup.desk.lists import NumberFilter
from steppingup.desk.versions import VersionedAdmin
from steppingup.formats import english
from steppingup.site.export import Column


class LevelFilter(NumberFilter):
    title = parameter_name = path = "level"


class CreditsFilter(NumberFilter):
    title = parameter_name = path = "credits"


@admin.register(Course)
class CourseAdmin(RowsImport, VersionedAdmin):
    """Courses to choose from. Who has chosen one keeps it as it was, whatever is changed here."""

    change_permission = KEEP
    resource = CourseResource
    says = (
        "A row whose code is known changes that course; any other is added. No courses are removed, and courses people "
        "have chosen stay as they chose them."
    )

    list_display = ("code", "title", "level", "credits", "guided_hours", "is_offered")
    list_display_links = ("code", "title")
    list_filter = (LevelFilter, CreditsFilter, "is_offered")
    search_fields = ("code", "title", "summary")
    fields = ("provider", ("code", "title"), ("level", "credits", "guided_hours"), "summary", "is_offered")
    # The titles are those that the import reads, so that a download can be changed and read in again.
    export_columns = (
        Column("code", "code"),
        Column("title", "title"),
        Column("level", "level"),
        Column("credits", "credits"),
        Column("guided_hours", "guided_hours"),
        Column("summary", "summary"),
        Column("offered", "is_offered"),
    )

    def consequences(self, obj: Course) -> list[str]:
        number = obj.choices.count()
        if not number:
            return ["Nobody has chosen it yet, so your changes hold at once."]
        people = english.counted(number, "participant has", "participants have")
        return [
            f"{people} chosen this course and keep its title, level and credits.",
            f"Your changes become version {obj.version + 1}, for whoever chooses it from now on. To retire the course, say "
            "that it is not offered.",
        ]


@admin.register(Qualification)
class QualificationAdmin(VersionedAdmin):
    """The rules of a qualification, as data."""

    change_permission = KEEP
    fixed_fields = ("programme", "key")
    list_display = ("name", "programme", "level", "asks", "months", "by_levy", "is_offered")
    search_fields = ("name", "awarding_body", "programme__name")
    list_filter = ("level", "by_levy")
    prepopulated_fields = {"key": ("name",)}
    fieldsets = (
        (
            None,
            {"fields": ("programme", ("name", "key"), ("awarding_body", "level"), "about", ("by_levy", "is_offered"))},
        ),
        ("Courses", {"fields": (("credits", "least_courses", "most_courses"),)}),
        (
            "Assignment",
            {"fields": (("least_pages", "most_pages"),), "description": "Leave both empty if there is none."},
        ),
        ("Time", {"fields": ("months", ("least_weekly_hours", "most_weekly_hours"))}),
    )
    export_columns = (
        Column("Qualification", "name"),
        Column("Programme", "programme__name"),
        Column("Awarding body", "awarding_body"),
        Column("Level", "level"),
        Column("Credits", "credits"),
        Column("Courses, least", "least_courses"),
        Column("Courses, most", "most_courses"),
        Column("Months", "months"),
        Column("Pages, least", "least_pages"),
        Column("Pages, most", "most_pages"),
        Column("Levy pays", "by_levy"),
        Column("Version", "version"),
        Column("Offered", "is_offered"),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))

    def consequences(self, obj: Qualification) -> list[str]:
        number = obj.registrations.count()
        if not number:
            return ["Nobody has registered for it yet, so your changes hold at once."]
        people = english.counted(number, "participant has", "participants have")
        return [
            f"{people} registered by this version and keep its credits, courses, pages and months.",
            f"Your changes become version {obj.version + 1}, for whoever registers from now on.",
        ]

    @display(description="Asks for")
    def asks(self, qualification: Qualification) -> str:
        pages = f", {qualification.pages_in_words}" if qualification.has_assignment else ""
        return f"{qualification.credits} credits, {qualification.courses_in_words}{pages}"
