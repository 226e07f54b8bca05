"""Complaints about data, with how long there is to acknowledge each."""

from typing import Any

from django.contrib import admin
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html_join

from cohorts.models import DataComplaint
from cohorts.states.complaints import ComplaintStatus
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

COLOURS = {
    ComplaintStatus.RECEIVED: "warning",
    ComplaintStatus.ACKNOWLEDGED: "info",
    ComplaintStatus.CLOSED: "success",
}


def _acknowledged(one: DataComplaint) -> str:
    """“3 March 2027”, “by 2 April 2027”; with that it was too late."""
    late = ", too late" if one.is_late else ""
    if one.acknowledged_on:
        return f"{english.day_date(one.acknowledged_on)}{late}"
    return f"By {english.day_date(one.acknowledge_by)}{late}"


def _notes(one: DataComplaint) -> Any:
    rows = [
        (english.when(note.at), f", {note.by}" if note.by else "", linebreaksbr(note.text))
        for note in one.notes.select_related("by")
    ]
    return format_html_join("", "<p><strong>{}</strong>{}<br>{}</p>", rows) if rows else "Nothing yet"


@admin.register(DataComplaint)
class DataComplaintAdmin(SteppedAdmin):
    """Written on the public page, or entered on the page of the provider."""

    adds = False
    list_display = ("reference", "name", "kind", "state", "received_on", "acknowledged", "provider")
    list_filter = ("status", "kind", "received_on")
    search_fields = ("reference", "name", "email")
    search_help_text = "Number, name or email address"
    list_select_related = ("provider",)
    ordering = ("-received_on", "-pk")
    fields = readonly_fields = (
        *("reference", "state", "provider", "name", "email", "contact", "kind", "text", "wish"),
        *("received_on", "entered_by", "acknowledged", "done", "closed_at", "outcome"),
    )
    export_columns = (
        Column("Number", "reference"),
        Column("Status", "get_status_display"),
        Column("From", "name"),
        Column("About", "get_kind_display"),
        Column("Received", "received_on"),
        Column("To be acknowledged by", "acknowledge_by"),
        Column("Acknowledged", "acknowledged_on"),
        Column("Answered", "closed_at"),
        Column("What came of it", "outcome"),
    )

    state = column("Status", lambda one: (one.status, one.get_status_display()), "status", colours=COLOURS)
    acknowledged = column("Acknowledged", _acknowledged, "acknowledged_on")
    done = column("What was done", _notes)
