"""The admin of what was sent: every email, and what became of it."""

from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from steppingup.desk.lists import choose, column, one_of
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats.english import when
from steppingup.messaging import kinds
from steppingup.messaging.models import Message
from steppingup.messaging.states import DUE, MessageStatus
from steppingup.site.export import Column

LABELS = {
    MessageStatus.SENT: "success",
    MessageStatus.FAILED: "danger",
    MessageStatus.UNCERTAIN: "warning",
    MessageStatus.RETRY: "warning",
    MessageStatus.QUEUED: "info",
}


KindFilter = choose("kind", "kind", lambda model: one_of(kinds.choices(), "kind"))


@admin.register(Message)
class MessageAdmin(SteppedAdmin):
    """Nothing here is edited: what was said, was said."""

    adds = False
    list_display = ("subject", "recipient", "state", "created_at")
    list_filter = (("status", ChoicesDropdownFilter), KindFilter, ("created_at", RangeDateFilter))
    search_fields = ("to_email", "to_name", "subject")
    search_help_text = "Address, name or subject"
    date_hierarchy = None
    ordering = ("-created_at", "-pk")
    fieldsets = (
        (None, {"fields": ("recipient", "kind_title", "about_link", "created_at")}),
        ("Delivery", {"fields": ("status", "sent_at", "attempts", "next_attempt", "last_error")}),
        ("Message", {"fields": ("subject", "words")}),
    )
    export_columns = (
        Column("Created", "created_at"),
        Column("Name", "to_name"),
        Column("Address", "to_email"),
        Column("Kind", "kind_title"),
        Column("Subject", "subject"),
        Column("Status", "get_status_display"),
        Column("Sent", "sent_at"),
        Column("Attempts", "attempts"),
        Column("What went wrong", "last_error"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("html", "sealed", "context")

    recipient = column(
        "to", lambda one: f"{one.to_name} ({one.to_email})" if one.to_name else one.to_email, ordering="to_email"
    )
    kind_title = column("kind", "kind_title", ordering="kind")
    state = column("status", lambda one: (one.status, one.get_status_display()), ordering="status", colours=LABELS)
    next_attempt = column("next attempt", lambda one: when(one.next_attempt_at) if one.status in DUE else "–")
    words = column("text", lambda one: linebreaksbr(one.text))

    @display(description="about")
    def about_link(self, message: Message) -> str | SafeString:
        about = message.about
        if about is None:
            return "–"
        if not self.admin_site.is_registered(type(about)):
            return str(about)
        address = reverse(admin_urlname(about._meta, "change"), args=[about.pk])
        return format_html('<a class="su-link" href="{}">{}</a>', address, about)
