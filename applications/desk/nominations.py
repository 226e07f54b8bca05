"""Employers who are asked whom they nominate: the list, and whom they did."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import TabularInline

from applications.actions.nominations import ask_for_nominations
from applications.models import Nomination, NominationRequest
from cohorts.desk.filters import CohortFilter
from cohorts.models import Cohort
from steppingup.desk.admin import ReadOnlyInline
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

STATES = {
    "open": ("Open", lambda rows: rows.filter(closed_at=None)),
    "closed": ("Closed", lambda rows: rows.exclude(closed_at=None)),
    "none": ("Nobody nominated yet", lambda rows: rows.filter(nominated=0)),
}


class NominationInline(ReadOnlyInline, TabularInline):
    """Whom they nominated, and took back."""

    model = Nomination
    fields = ("name", "email", "why", "nominated_at", "withdrawn_at")
    readonly_fields = fields
    verbose_name_plural = "nominations"


@admin.register(NominationRequest)
class NominationRequestAdmin(SteppedAdmin):
    """They are asked on the page of the cohort, and answer by a link."""

    list_display = ("employer", "asked", "of", "numbers", "since", "is_open")
    list_filter = (CohortFilter, choose("state", "state", STATES))
    list_select_related = ("organisation", "cohort__programme")
    search_fields = ("organisation__name", "name", "email", "nominations__name", "nominations__email")
    fields = ("organisation", "cohort", "name", "email", "places", "asked_at", "asked_by", "closed_at")
    inlines = (NominationInline,)
    export_columns = (
        Column("Employer", "organisation__name"),
        Column("Who nominates", "name"),
        Column("Email address", "email"),
        Column("Programme", "cohort__programme__name"),
        Column("Cohort", "cohort__name"),
        Column("May nominate", "places"),
        Column("Nominated", "nominated"),
        Column("Asked", "asked_at"),
        Column("Closed", "closed_at"),
    )

    employer = column("Employer", "organisation__name", "organisation__name")
    asked = column("Who nominates", lambda row: row.name, "name")
    of = column("Cohort", lambda row: str(row.cohort), "cohort__name")
    numbers = column("Nominated", lambda row: f"{row.nominated} of {row.places}", "nominated")
    since = column("Asked", lambda row: english.day_date(row.asked_at), "asked_at")
    is_open = column(
        "List",
        lambda row: "Closed" if row.closed_at else "Open",
        "closed_at",
        colours={"Open": "success", "Closed": ""},
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list of one cohort leads to the page on which another employer is asked."""
        narrowed = request.GET.get("cohort", "")
        mine = Cohort.objects.visible_to(request.user, self.see).filter(pk=narrowed) if narrowed.isdecimal() else ()
        offered = [one for one in mine if ask_for_nominations.is_offered(request.user, one)]
        tools = [
            (ask_for_nominations.label, reverse("admin:cohorts_cohort_step", args=[one.pk, ask_for_nominations.name]))
            for one in offered
        ]
        return super().changelist_view(request, {**(extra_context or {}), "tools": tools})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.with_numbers().select_related("cohort__programme__provider", "organisation")
