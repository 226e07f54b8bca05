"""The admin of what was sent: every email, and what became of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column, one_of
from steppingup.desk.replies import replies_to
from steppingup.desk.stepping import SteppedAdmin
from steppingup.files.serving import serve
from steppingup.formats.by_post import is_by_post
from steppingup.formats.english import when
from steppingup.messaging import kinds
from steppingup.messaging.models import Message
from steppingup.messaging.states import DUE, MessageStatus
from steppingup.site.export import Column
from steppingup.site.pdf import render_pdf

LABELS = {
    MessageStatus.SENT: "success",
    MessageStatus.FAILED: "danger",
    MessageStatus.UNCERTAIN: "warning",
    MessageStatus.RETRY: "warning",
    MessageStatus.QUEUED: "info",
    MessageStatus.TO_POST: "warning",
    MessageStatus.POSTED: "success",
}


KindFilter = choose("kind", "kind", lambda model: one_of(kinds.choices(), "kind"))


def _recipient(message: Message) -> str:
    if is_by_post(message.to_email):
        return f"{message.to_name}, by post"
    return f"{message.to_name} ({message.to_email})" if message.to_name else message.to_email


#: Filters that apps add: what the messages are about is theirs to know.
_filters: list[Any] = []


def add_filter(one: Any) -> None:
    """Add a filter to the list of messages."""
    if one not in _filters:
        _filters.append(one)


@admin.register(Message)
class MessageAdmin(SteppedAdmin):
    """Nothing here is edited: what was said, was said."""

    adds = False
    list_display = ("subject", "recipient", "state", "created_at")
    list_filter = (("status", ChoicesDropdownFilter), KindFilter, ("created_at", RangeDateFilter))
    search_fields = ("to_email", "to_name", "subject")
    search_help_text = "Address, name or subject"
    date_hierarchy = None
    actions = ("print_letters",)
    ordering = ("-created_at", "-pk")
    fieldsets = (
        (None, {"fields": ("recipient", "kind_title", "about_link", "created_at")}),
        ("Delivery", {"fields": ("status", "sent_at", "attempts", "next_attempt", "last_error")}),
        ("Message", {"fields": ("subject", "words", "enclosed")}),
        ("Replies", {"fields": ("replied",)}),
    )
    export_columns = (
        Column("Created", "created_at"),
        Column("Name", "to_name"),
        Column("Address", lambda one: "by post" if is_by_post(one.to_email) else one.to_email),
        Column("Kind", "kind_title"),
        Column("Subject", "subject"),
        Column("Status", "get_status_display"),
        Column("Sent", "sent_at"),
        Column("Attempts", "attempts"),
        Column("What went wrong", "last_error"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("html", "sealed", "context")

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        return [*_filters, *super().get_list_filter(request)]

    recipient = column("to", lambda one: _recipient(one), ordering="to_email")
    kind_title = column("kind", "kind_title", ordering="kind")
    state = column("status", lambda one: (one.status, one.get_status_display()), ordering="status", colours=LABELS)
    next_attempt = column("next attempt", lambda one: when(one.next_attempt_at) if one.status in DUE else "–")
    words = column("text", lambda one: linebreaksbr(one.text))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Message | None:
        """With who looks: of the replies to it, each sees their own."""
        found: Message | None = super().get_object(request, object_id, from_field)
        if found is not None:
            found.viewer = request.user  # type: ignore[attr-defined]
        return found

    @display(description="replies")
    def replied(self, message: Message) -> Any:
        return replies_to(message, getattr(message, "viewer", None))

    @display(description="files")
    def enclosed(self, message: Message) -> str | SafeString:
        """What goes with it, each to be opened."""
        found = message.attachments.select_related("file")
        links = [(reverse("admin:messaging_message_file", args=[message.pk, one.file_id]), one) for one in found]
        return format_html_join(", ", '<a class="su-link" href="{}">{}</a>', links) if links else "–"

    @own_page("<int:pk>/files/<int:file>/", "file")
    def file_view(self, request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
        """A file that goes with an email, for whoever sees the email."""
        message = get_object_or_404(self.get_queryset(request), pk=pk)
        return serve(get_object_or_404(message.attachments.select_related("file"), file=file).file)

    # -- letters on paper ------------------------------------------------------------------------

    @admin.action(description="Print the letters", permissions=["view"])
    def print_letters(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse | None:
        """All that were ticked and go by post, as one document to print."""
        by_post = [one.pk for one in queryset if is_by_post(one.to_email)]
        if not by_post:
            messages.error(request, "None of the emails that you selected goes by post, so there is nothing to print.")
            return None
        return self._printed(request, queryset.filter(pk__in=by_post))

    @own_page("<int:pk>/letter/", "letter")
    def letter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._printed(request, self.get_queryset(request).filter(pk=pk))

    def _printed(self, request: HttpRequest, rows: QuerySet[Message]) -> HttpResponse:
        letters = [
            one
            for one in rows.select_related("to", "provider").prefetch_related("attachments__file").order_by("pk")
            if is_by_post(one.to_email)
        ]
        if not letters:
            raise Http404("None of these goes by post.")
        pdf = render_pdf("pdf/letter.html", {"letters": letters, "provider": letters[0].provider})
        headers = {"Content-Disposition": 'inline; filename="letters.pdf"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    def buttons(self, request: HttpRequest, subject: Message) -> list[dict[str, Any]]:
        url = reverse("admin:messaging_message_letter", args=[subject.pk])
        letter = {"label": "Print the letter", "url": url, "strong": True, "for_them": False}
        return [*([letter] if is_by_post(subject.to_email) else []), *super().buttons(request, subject)]

    @display(description="about")
    def about_link(self, message: Message) -> str | SafeString:
        about = message.about
        if about is None:
            return "–"
        if not self.admin_site.is_registered(type(about)):
            return str(about)
        address = reverse(admin_urlname(about._meta, "change"), args=[about.pk])
        return format_html('<a class="su-link" href="{}">{}</a>', address, about)
