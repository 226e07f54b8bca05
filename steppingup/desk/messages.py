"""The admin of what was sent: every email, what became of it, and “Send again”."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import linebreaksbr
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter
from unfold.decorators import display

from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin
from steppingup.formats.english import when
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging import kinds
from steppingup.messaging.actions import send_again
from steppingup.messaging.models import Message
from steppingup.messaging.states import DUE, MESSAGE, MessageStatus
from steppingup.site.export import Column

LABELS = {
    MessageStatus.SENT: "success",
    MessageStatus.FAILED: "danger",
    MessageStatus.UNCERTAIN: "warning",
    MessageStatus.RETRY: "warning",
    MessageStatus.QUEUED: "info",
}


class KindFilter(DropdownFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return kinds.choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ScopedAdmin):
    """Nothing here is edited: what was said, was said."""

    view_permission = Permission.SEE_MESSAGES
    provider_path = "provider"
    list_display = ("subject", "recipient", "state", "created_at")
    list_filter = (("status", ChoicesDropdownFilter), KindFilter, ("created_at", RangeDateFilter))
    search_fields = ("to_email", "to_name", "subject")
    search_help_text = "Address, name or subject"
    date_hierarchy = None
    ordering = ("-created_at", "-pk")
    actions = ("send_selected_again",)
    change_form_outer_before_template = "messaging/admin/send_again.html"
    fieldsets = (
        (None, {"fields": ("recipient", "kind_title", "about_link", "created_at")}),
        ("What became of it", {"fields": ("status", "sent_at", "attempts", "next_attempt", "last_error")}),
        ("What it says", {"fields": ("subject", "words")}),
    )
    export_columns = (
        Column("Written", "created_at"),
        Column("Name", "to_name"),
        Column("Address", "to_email"),
        Column("Kind", "kind_title"),
        Column("Subject", "subject"),
        Column("Status", "get_status_display"),
        Column("Sent", "sent_at"),
        Column("Attempts", "attempts"),
        Column("What went wrong", "last_error"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("html", "sealed", "context")

    @display(description="to", ordering="to_email")
    def recipient(self, message: Message) -> str:
        return f"{message.to_name} ({message.to_email})" if message.to_name else message.to_email

    @display(description="kind", ordering="kind")
    def kind_title(self, message: Message) -> str:
        return message.kind_title

    @display(description="status", ordering="status", label=LABELS)
    def state(self, message: Message) -> tuple[str, str]:
        return message.status, message.get_status_display()

    @display(description="next attempt")
    def next_attempt(self, message: Message) -> str:
        return when(message.next_attempt_at) if message.status in DUE else "–"

    @display(description="about")
    def about_link(self, message: Message) -> str | SafeString:
        about = message.about
        if about is None:
            return "–"
        opens = self.admin_site._registry.get(type(about))
        if opens is None:
            return str(about)
        name = f"admin:{about._meta.app_label}_{about._meta.model_name}_change"
        return format_html('<a class="su-link" href="{}">{}</a>', reverse(name, args=[about.pk]), about)

    @display(description="text")
    def words(self, message: Message) -> SafeString:
        return linebreaksbr(message.text)

    # -- send again ----------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.again))
        return [path("<int:pk>/again/", view, name="messaging_message_again"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        message = self.get_object(request, object_id)
        possible = message is not None and "send again" in MESSAGE.possible(message.status)
        return super().change_view(request, object_id, form_url, {"can_send_again": possible, **(extra_context or {})})

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send one message again, and say so on its page."""
        message = self.get_object(request, str(pk))
        if message is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        send_again(message=message, by=request.user)
        messages.success(request, f"It is on its way to {message.to_email} again.")
        return HttpResponseRedirect(reverse("admin:messaging_message_change", args=[pk]))

    @admin.action(description="Send again (those that failed or may not have arrived)")
    def send_selected_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        sent, reasons = 0, set()
        for message in queryset:
            try:
                send_again(message=message, by=request.user)
                sent += 1
            except NotPossible as refusal:
                reasons.add(str(refusal))
        if sent:
            messages.success(request, f"{sent} message{'s are' if sent != 1 else ' is'} on the way again.")
        for reason in sorted(reasons):
            messages.warning(request, reason)
