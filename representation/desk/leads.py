"""Who leads what on the desk: who was asked when, handed over when people move."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from representation.actions.leads import asked_in_words
from representation.models import ItemLead, LeadRequest, late
from steppingup.desk.admin import ReadOnlyInline
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

STATES = {
    "current": ("Leads it now", lambda rows: rows.current()),
    "overdue": (
        "Leads something overdue",
        lambda rows: rows.current().filter(late(path="item__")),
    ),
    "ended": ("Ended", lambda rows: rows.exclude(ended_at=None)),
}


class RequestInline(ReadOnlyInline):
    """Who was asked, when, and whether they have answered (R16)."""

    model = LeadRequest
    fields = readonly_fields = ("asked_at", "name", "email", "answered_at")
    verbose_name_plural = "asked"
    hide_title = True


@admin.register(ItemLead)
class ItemLeadAdmin(SteppedAdmin):
    """Named on the page of an item; several for each where there are several."""

    adds = False
    list_display = ("who", "item", "plan", "due", "asked", "state")
    list_filter = ("item__plan", "group", choose("state", "state", STATES))
    search_fields = ("role", "name", "email", "group__name", "group__short", "item__outcome", "item__detail")
    ordering = ("item__plan", "item__order", "since", "pk")
    fields = readonly_fields = ("item", "group", "role", "name", "email", "since", "state", "ended_at")
    inlines = (RequestInline,)
    export_columns = (
        Column("Lead", str),
        Column("Who answers for it", "name"),
        Column("Email", "email"),
        Column("Item", "item"),
        Column("Plan", "item__plan__name"),
        Column("Timescale", "item__timescale"),
        Column("Status of the item", "item__get_status_display"),
        Column("Asked", asked_in_words),
        Column("Ended", "ended_at"),
    )

    who = column("Lead", str)
    plan = column("Plan", "item__plan", "item__plan__name")
    due = column(
        "Due", lambda lead: f"{english.day_date(lead.item.due_by) or '–'}{', overdue' if lead.item.is_overdue else ''}"
    )
    asked = column("Asked", asked_in_words)
    state = column(
        "Status",
        lambda lead: "Ended" if lead.ended_at else "Leads it",
        colours={"Leads it": "success", "Ended": "info"},
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ItemLead]":
        rows: Any = super().get_queryset(request).select_related("item__plan__provider", "group")
        found: QuerySet[ItemLead] = rows.prefetch_related("requests", "group__members")
        return found
