"""The admin of reminders: the rules that hold everywhere and those of a programme or a cohort, and what they sent."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget

from steppingup.accounts.models import User
from steppingup.desk.lists import column
from steppingup.desk.texts import WideAndNarrow
from steppingup.messaging import reminder_kinds, scopes
from steppingup.messaging.actions import texts
from steppingup.messaging.models import Message, ReminderRule, ReminderSent
from steppingup.site.export import Column

EVERYWHERE = ("", "Everywhere")
SHOWN = 20  # of the latest reminders that a rule sent


class RuleForm(forms.ModelForm):
    """On a new rule one also says where it holds."""

    place = forms.ChoiceField(
        label="Applies to",
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="A cohort’s rules replace its programme’s, and those replace the ones for everywhere.",
    )
    by: User  # given by the admin

    class Meta:
        model = ReminderRule
        fields = ("kind", "days", "when", "until", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            options = [(kind.key, f"{kind.title} ({kind.date_name})") for kind in reminder_kinds.all_kinds()]
            self.fields["kind"] = forms.ChoiceField(label="What", choices=options, widget=UnfoldAdminSelectWidget)
        if "place" in self.fields:
            everywhere = [EVERYWHERE] if self.by.is_superuser else []
            place = cast("forms.ChoiceField", self.fields["place"])
            place.required = not everywhere
            place.choices = [*everywhere, *scopes.choices(self.by)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if chosen := data.get("place"):
            self.instance.scope = scopes.chosen(self.by, chosen)
        self._must_be_new(data)
        return data

    def _must_be_new(self, data: dict[str, Any]) -> None:
        """The same days for the same place would remind people twice; the database refuses it too."""
        rule, days, when = self.instance, data.get("days"), data.get("when")
        if days is None or when is None:
            return
        same = ReminderRule.objects.exclude(pk=rule.pk).filter(
            kind=data.get("kind", rule.kind),
            content_type=rule.content_type_id,
            object_id=rule.object_id,
            days=days,
            when=when,
        )
        if same.exists():
            self.add_error("days", "There is already a reminder like this for the same days. Change that one instead.")


@admin.register(ReminderRule)
class ReminderRuleAdmin(WideAndNarrow):
    """When people are reminded of what. Rules are switched off rather than removed: they know whom they reminded."""

    form = RuleForm
    list_display = ("title", "in_words", "holds_for", "active", "sent_count", "last_run_at", "last_problem")
    list_filter = ("active",)
    search_fields = ("kind",)
    readonly_fields = ("last_run_at", "last_problem")
    change_form_outer_before_template = "messaging/admin/rule.html"
    change_form_outer_after_template = "messaging/admin/rule_sent.html"
    export_columns = (
        Column("What", lambda rule: rule.title),
        Column("Applies to", lambda rule: "Everywhere" if rule.is_default else str(rule.scope or "")),
        Column("Days", "days"),
        Column("When", "when"),
        Column("Until", "until"),
        Column("Active", "active"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReminderRule]:
        """With how often each reminded people of one's own providers."""
        mine = Q(sent__message__in=Message.objects.visible_to(request.user).values("pk"))
        return super().get_queryset(request).annotate(times=Count("sent", filter=mine)).prefetch_related("scope")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A rule of one's own begins as the one that it replaces."""
        return {name: request.GET[name] for name in ("kind", "days", "when", "until") if name in request.GET}

    def around(self, request: HttpRequest, rule: ReminderRule) -> dict[str, Any]:
        """Where a rule that holds everywhere is replaced, and what was sent, as far as the person may see it."""
        found = ReminderSent.objects.visible_to(request.user).filter(rule=rule)
        begin = urlencode({"kind": rule.kind, "days": rule.days, "when": rule.when, "until": rule.until})
        return {
            "rule": rule,
            "rule_in_words": rule.in_words,
            "can_replace": rule.is_default and self.has_add_permission(request),
            "replace_url": f"{reverse('admin:messaging_reminderrule_add')}?{begin}",
            "sent": found.select_related("message").order_by("-created_at")[:SHOWN],
            "sent_in_all": rule.times,  # type: ignore[attr-defined]
        }

    def get_fields(self, request: HttpRequest, obj: ReminderRule | None = None) -> list[str]:
        rest = ["days", "when", "until", "active"]
        return ["kind", "place", *rest] if obj is None else ["title", "holds_for", *rest, "last_run_at", "last_problem"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["title", "holds_for"] if obj else [])]

    title = column("what", "title", ordering="kind")
    in_words = column("when", "in_words")
    sent_count = column("sent", "times", ordering="times")

    def save_model(self, request: HttpRequest, obj: ReminderRule, form: forms.ModelForm, change: bool) -> None:
        texts.save_rule(rule=obj, by=request.user)
