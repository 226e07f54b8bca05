"""The desk's list of steps that were taken: by whom, when, on what; and the way back, for one or for many."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats.english import when
from steppingup.site.export import Column
from steppingup.steps.models import Taking
from steppingup.steps.step import Step

StepFilter = choose(
    "step",
    "step",
    lambda model: {
        one.key: (f"{str(one.model._meta.verbose_name).capitalize()}: {one.past.lower()}", _of(one.key))
        for one in Step.registry.values()
        if not one.final
    },
)
BackFilter = choose(
    "taken back",
    "back",
    {
        "no": ("Not taken back", lambda rows: rows.standing()),
        "yes": ("Taken back", lambda rows: rows.exclude(taken_back_at=None)),
    },
)


def _of(key: str) -> Any:
    return lambda rows: rows.filter(step=key)


def permissions() -> set[Any]:
    """With any of them somebody sees some of the list."""
    return {one.permission or one.back_by for one in Step.registry.values()} - {None}


@admin.register(Taking)
class TakingAdmin(SteppedAdmin):
    """Nothing here is added or changed: it is what people did."""

    adds = False
    list_display = ("what", "record", "by_whom", "at", "back")
    list_filter = (StepFilter, BackFilter, ("at", RangeDateFilter))
    search_fields = ("name", "by__full_name", "by_name")
    search_help_text = "The record, or who took the step"
    ordering = ("-pk",)
    fields = readonly_fields = ("what", "record", "by_whom", "at", "back", "reason")
    export_columns = (
        Column("Step", "past"),
        Column("Record", "name"),
        Column("Who", "whose"),
        Column("When", "at"),
        Column("Taken back", "taken_back_at"),
        Column("Why", "reason"),
    )

    what = column("step", "past", ordering="step")
    by_whom = column("who", "whose", ordering="by__full_name")
    back = column(
        "taken back", lambda one: f"{when(one.taken_back_at)}, by {one.taken_back_by}" if one.taken_back_at else "–"
    )

    @display(description="on", ordering="name")
    def record(self, taking: Taking) -> str | SafeString:
        address = self._page_of(taking)
        return format_html('<a class="su-link" href="{}">{}</a>', address, taking.name) if address else taking.name

    def _page_of(self, taking: Taking) -> str:
        """The page of its record, which is not asked for: whoever has it removed finds a page that says so."""
        model = taking.what.page_model if taking.what else None
        if model is None or not self.admin_site.is_registered(model):
            return ""
        return reverse(admin_urlname(model._meta, "change"), args=[taking.object_id])

    # -- who sees what: by the permission of each step, for its record ---------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Taking]:
        return Taking.objects.visible_to(request.user).select_related("by", "taken_back_by").order_by("-pk")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return any(self.allows(request, one) for one in permissions())

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was fetched was fetched through `get_queryset`."""
        return self.has_module_permission(request)

    def may_take(self, request: HttpRequest, step: Step[Any, Any]) -> bool:
        return self.has_module_permission(request)

    def after_step(self, subject: Any, result: Any) -> str:
        """Back to the record whose step it was."""
        return self._page_of(subject) or super().after_step(subject, None)

    def after_many(self, ids: Sequence[int]) -> str:
        """Back to the list of what the first of them is."""
        first = Taking.objects.for_steps().filter(pk__in=ids[:1]).first()
        subject = first.subject if first else None
        if subject is None or not self.admin_site.is_registered(type(subject)):
            return super().after_many(ids)
        return self.admin_site.get_model_admin(type(subject)).after_many([subject.pk])
