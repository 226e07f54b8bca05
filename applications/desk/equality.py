"""What the equality lead reads in the admin: the questions with their dates, and who looked at figures."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from applications.models import EqualityLook, EqualityOption, EqualityQuestion
from steppingup import clock
from steppingup.desk.admin import ReadOnlyInline, ScopedAdmin
from steppingup.desk.lists import choose, column
from steppingup.formats import english
from steppingup.site.export import Column


def _asked_now(rows: Any) -> Any:
    today = clock.today()
    return rows.filter(Q(asked_until=None) | Q(asked_until__gte=today), asked_from__lte=today)


ASKED = {
    "now": ("Asked now", _asked_now),
    "before": ("Asked before", lambda rows: rows.filter(asked_until__lt=clock.today())),
}


class OptionInline(ReadOnlyInline):
    """The answers, and under which headings they are published."""

    model = EqualityOption
    fields = ("label", "under", "heading", "wide", "asks")
    readonly_fields = fields
    verbose_name_plural = "answers"


@admin.register(EqualityQuestion)
class EqualityQuestionAdmin(ScopedAdmin):
    """Every wording of every question. They come with the software and are shared by all providers; answers keep the wording
    that they were given to, so nothing is changed here."""

    adds = False
    list_display = ("question", "where", "first", "last")
    list_filter = (choose("asked", "asked", ASKED), "nation")
    search_fields = ("text", "source")
    ordering = ("order", "key", "-asked_from")
    inlines = (OptionInline,)
    fields = ("text", "help_text", "source", "where", ("first", "last"))
    readonly_fields = ("text", "help_text", "source", "where", "first", "last")
    export_columns = (
        Column("Question", "text"),
        Column("Hint", "help_text"),
        Column("Where", "get_nation_display"),
        Column("Source", "source"),
        Column("Asked from", "asked_from"),
        Column("Asked until", "asked_until"),
    )

    question = column("Question", lambda question: Truncator(question.text).chars(70), "order")
    where = column("Where", lambda question: question.get_nation_display() or "Everywhere", "nation")
    first = column("Asked from", lambda question: english.day_date(question.asked_from), "asked_from")
    last = column("Asked until", lambda question: english.day_date(question.asked_until) or "–", "asked_until")


@admin.register(EqualityLook)
class EqualityLookAdmin(ScopedAdmin):
    """Who opened or downloaded which figures, and when."""

    adds = False
    list_display = ("who", "how", "release", "programme", "when")
    list_filter = ("how", "release__programme")
    search_fields = ("by__full_name", "by__email")
    ordering = ("-at", "-pk")
    fields = ("who", "how", "release", "programme", "when")
    readonly_fields = fields
    export_columns = (
        Column("Who", "by"),
        Column("What", "get_how_display"),
        Column("Figures", lambda look: str(look.release)),
        Column("Programme", "release__programme__name"),
        Column("When", "at"),
    )

    who = column("Who", lambda look: str(look.by), "by__full_name")
    programme = column("Programme", lambda look: look.release.programme.name, "release__programme__name")
    when = column("When", lambda look: english.when(look.at), "at")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[EqualityLook]":
        return super().get_queryset(request).select_related("by", "release__cohort", "release__programme")
