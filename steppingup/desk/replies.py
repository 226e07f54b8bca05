"""The admin of replies: what people answered, what could not be delivered, and what is to be answered still."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from steppingup.accounts.models import User
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.desk.story import Event
from steppingup.files.serving import serve
from steppingup.messaging.models import Message, Reply
from steppingup.messaging.states import ReplyKind
from steppingup.site.export import Column

LABELS = {ReplyKind.REPLY: "info", ReplyKind.AWAY: "", ReplyKind.FAILED: "danger"}
ANSWERED = {
    "no": ("To be answered", lambda rows: rows.to_answer()),
    "yes": ("Answered, or automatic", lambda rows: rows.exclude(pk__in=rows.to_answer().order_by().values("pk"))),
}


def _files(reply: Reply) -> Any:
    found = reply.files.select_related("file")
    links = [(reverse("admin:messaging_reply_file", args=[reply.pk, one.file_id]), one) for one in found]
    return format_html_join(", ", '<a class="su-link" href="{}">{}</a>', links) if links else "None"


def _email(reply: Reply) -> Any:
    page = reverse("admin:messaging_message_change", args=[reply.message_id])
    return format_html('<a class="su-link" href="{}">{}</a>', page, reply.message.subject)


def replies_to(message: Message, viewer: Any) -> Any:
    """The replies to one email that this person may read, each with the way to it."""
    found = Reply.objects.visible_to(viewer).filter(message=message)
    rows = [
        (reverse("admin:messaging_reply_change", args=[one.pk]), one.get_kind_display(), one.whose) for one in found
    ]
    return format_html_join("", '<p><a class="su-link" href="{}">{}, {}</a></p>', rows) if rows else "None"


@admin.register(Reply)
class ReplyAdmin(SteppedAdmin):
    """As they came: nobody has checked who wrote them."""

    adds = False
    list_display = ("subject", "sender", "person", "state", "email", "received_at", "is_answered")
    list_filter = ("kind", choose("answered", "answered", ANSWERED), "received_at")
    search_fields = ("subject", "text", "from_name", "from_email", "person__full_name")
    list_select_related = ("message", "person", "provider")
    ordering = ("-received_at", "-pk")
    fields = readonly_fields = (
        *("sender", "person", "state", "email", "received_at", "noted_by"),
        *("subject", "words", "files", "left_out", "is_answered"),
    )
    export_columns = (
        Column("Received", "received_at"),
        Column("From", "from_name"),
        Column("Address", "from_email"),
        Column("From the address that we wrote to", "is_from_them"),
        Column("Person", "person"),
        Column("Kind", "get_kind_display"),
        Column("In answer to", "message__subject"),
        Column("Subject", "subject"),
        Column("Text", "text"),
        Column("Answered", "answered_at"),
    )

    sender = column("From", "whose", "from_email")
    state = column("Kind", lambda one: (one.kind, one.get_kind_display()), "kind", colours=LABELS)
    email = column("In answer to", _email, "message__subject")
    words = column("Text", lambda one: linebreaksbr(one.text))
    files = column("Files", _files)
    is_answered = column(
        "Answered",
        lambda one: "Yes" if one.answered_at else "No" if one.kind == ReplyKind.REPLY else "–",
        "answered_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reply]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    @own_page("<int:pk>/files/<int:file>/", "file")
    def file_view(self, request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
        """What came with a reply, for whoever reads it."""
        reply = get_object_or_404(self.get_queryset(request), pk=pk)
        return serve(get_object_or_404(reply.files.select_related("file"), file=file).file)


def replies_of(person: User, viewer: Any) -> list[Event]:
    """What somebody answered, for their story."""
    seen = Reply.objects.visible_to(viewer).filter(person=person).select_related("message")
    return [
        Event(
            one.received_at,
            one.get_kind_display(),
            one.message.subject,
            reverse("admin:messaging_reply_change", args=[one.pk]),
        )
        for one in seen[:50]
    ]
