"""Concerns, for those alone to whom they were written."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join

from cohorts.models import Concern
from cohorts.states.concerns import ConcernStatus
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.messaging.models import Message
from steppingup.site.export import Column

COLOURS = {ConcernStatus.RECEIVED: "warning", ConcernStatus.LOOKED_AT: "info", ConcernStatus.CLOSED: "success"}


def _said(name: str) -> Any:
    return lambda concern: linebreaksbr(concern.words.get(name) or "–")


def _notes(concern: Concern) -> Any:
    rows = [
        (one.what, english.when(one.at), f", {one.by}" if one.by else "", linebreaksbr(one.text or ""))
        for one in concern.notes.select_related("by")
    ]
    return format_html_join("", "<p><strong>{}</strong>, {}{}<br>{}</p>", rows)


def _emails(concern: Concern) -> Any:
    """What became of the emails about it, which stand in no list."""
    rows = [
        (one.to_name or one.to_email, one.subject, one.get_status_display()) for one in Message.objects.about(concern)
    ]
    return format_html_join("", "<p>{}: {}, {}</p>", rows) if rows else "None"


def _writer(concern: Concern) -> Any:
    return format_html("{} ({})", concern.whose, concern.email) if concern.email else concern.whose


@admin.register(Concern)
class ConcernAdmin(SteppedAdmin):
    """What stands in it is in no list, search or download: only on its own page."""

    adds = False
    list_display = ("reference", "state", "received_at", "provider")
    list_filter = ("status", "received_at")
    search_fields = ("reference",)
    search_help_text = "Number"
    list_select_related = ("provider",)
    ordering = ("-received_at", "-pk")
    fields = readonly_fields = (
        "reference", "state", "received_at", "writer", "about", "what", "wish", "read_by", "done", "told",
    )  # fmt: skip
    export_columns = (
        Column("Number", "reference"),
        Column("Status", "get_status_display"),
        Column("Received", "received_at"),
        Column("Closed", "closed_at"),
    )

    state = column("Status", lambda one: (one.status, one.get_status_display()), "status", colours=COLOURS)
    writer = column("From", _writer)
    about = column("About", _said("about"))
    what = column("What happened", _said("what"))
    wish = column("What they wish for", _said("wish"))
    read_by = column("Read by", lambda one: english.listed(str(row.user) for row in one.readers.select_related("user")))
    done = column("What was done", _notes)
    told = column("Emails", _emails)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of one of them, only those to whom it was written."""
        mine = obj is None or Concern.objects.visible_to(request.user).filter(pk=obj.pk).exists()
        return mine and super().has_view_permission(request, obj)
