"""The admin of the words of emails, with their inheritance: everywhere, programme, cohort."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from steppingup.accounts.roles import SitePermission
from steppingup.desk.lists import column
from steppingup.desk.messages import KindFilter
from steppingup.desk.stepping import SteppedAdmin
from steppingup.messaging import kinds
from steppingup.messaging.actions import texts
from steppingup.messaging.actions.sending import preview_text
from steppingup.messaging.models import Message, MessageTemplate
from steppingup.messaging.rendering import problems
from steppingup.site.export import Column


class WideAndNarrow(SteppedAdmin):
    """Rows that hold everywhere are seen by all who edit texts, and changed by those who run the whole site."""

    change_permission = SitePermission.EDIT_TEXTS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_default:
            return bool(request.user.is_superuser)
        return super().has_change_permission(request, obj)

    holds_for = column("applies to", lambda row: capfirst(row.scope_title) if row.is_default else row.scope_title)


class TextForm(forms.ModelForm):
    class Meta:
        model = MessageTemplate
        fields = ("subject", "body", "button_label")
        widgets = {
            "subject": UnfoldAdminTextInputWidget,
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 18}),
            "button_label": UnfoldAdminTextInputWidget,
        }


@admin.register(MessageTemplate)
class MessageTemplateAdmin(WideAndNarrow):
    """The words of each kind of message: what holds everywhere, and versions for a programme or a cohort."""

    form = TextForm
    list_display = ("kind_title", "holds_for", "subject", "state")
    list_filter = (KindFilter,)
    search_fields = ("kind", "subject", "body")
    fields = ("subject", "body", "button_label")
    change_form_outer_before_template = "messaging/admin/text_versions.html"
    change_form_outer_after_template = "messaging/admin/text_preview.html"
    export_columns = (
        Column("Kind", "kind_title"),
        Column("Applies to", "scope_title"),
        Column("Subject", "subject"),
        Column("Text", "body"),
        Column("Button", "button_label"),
    )

    class Media:
        js = ("js/text_preview.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageTemplate]:
        known = [kind.key for kind in kinds.all_kinds()]
        return super().get_queryset(request).filter(kind__in=known).prefetch_related("scope")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a version begins on the page of the text that holds now

    kind_title = column("message", "kind_title", ordering="kind")
    state = column(
        "words",
        lambda row: "Changed here" if row.edited else "Unchanged" if row.is_default else "Own version",
        colours={"Changed here": "info"},
    )

    def save_model(self, request: HttpRequest, obj: MessageTemplate, form: forms.ModelForm, change: bool) -> None:
        texts.change_text(template=obj, by=request.user)

    # -- the page around the form --------------------------------------------------------------

    def around(self, request: HttpRequest, row: MessageTemplate) -> dict[str, Any]:
        kind = kinds.get(row.kind)
        example = self._example(request, kind.key)
        return {
            "kind": kind,
            "versions": self.get_queryset(request).filter(kind=row.kind),
            "placeholders": [
                (f"{{{{ {name} }}}}", what, name in kind.secret_placeholders) for name, what in kind.allowed.items()
            ],
            "example": example,
            "shown": preview_text(kind, row.text, example),
            "preview_url": reverse("admin:messaging_messagetemplate_preview", args=[row.pk]),
        }

    def _example(self, request: HttpRequest, kind: str) -> Message | None:
        """The latest message of this kind that the person may see."""
        seen = Message.objects.visible_to(request.user)
        return seen.filter(kind=kind).order_by("-created_at").select_related("provider").first()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.preview_text))
        return [path("<int:pk>/preview/", view, name="messaging_messagetemplate_preview"), *super().get_urls()]

    def preview_text(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The words in the form, not saved, with the values of a message that was sent."""
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        kind = kinds.get(row.kind)
        try:
            given = json.loads(request.body)
            text = kinds.Text(*(str(given.get(name, "")) for name in ("subject", "body", "button_label")))
        except (ValueError, AttributeError):
            return JsonResponse({"problems": ["The preview could not be read."]}, status=400)
        shown = preview_text(kind, text, self._example(request, kind.key))
        wrong = [sentence for sentences in problems(kind, text).values() for sentence in sentences]
        return JsonResponse({"subject": shown.subject, "html": shown.html, "problems": wrong})

    def after_step(self, subject: Any, result: Any) -> str:
        """A version that was removed has no page any more."""
        gone = subject.pk is None
        return reverse("admin:messaging_messagetemplate_changelist") if gone else super().after_step(subject, result)
