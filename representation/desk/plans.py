"""Action plans on the desk: the plans, their items in six columns, how far each has come, and what is downloaded."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator, slugify
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminURLInputWidget

from representation.actions import again
from representation.desk.needs import NeedsMixin
from representation.desk.readings import file_page
from representation.documents import WORD, as_word
from representation.models import (
    TEXTS,
    ActionItem,
    ActionPlan,
    ItemLead,
    ItemReference,
    PlanSection,
    ProgressReport,
    late,
)
from representation.permissions import RepresentationPermission
from representation.reading.columns import COLUMNS
from representation.states import ItemStatus
from steppingup.desk.admin import FollowsParent, ReadOnlyInline, own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin, leads_to, link_button
from steppingup.files.names import disposition
from steppingup.formats import english
from steppingup.site.export import NOT_KEPT, Column
from steppingup.site.pdf import render_pdf

KEEP = RepresentationPermission.KEEP_PLAN
COLOURS = {
    ItemStatus.NO_PROGRESS: "danger",
    ItemStatus.PROGRESSING: "warning",
    ItemStatus.ACHIEVED: "success",
    ItemStatus.NOT_STATED: "info",
}
DUE = {
    "overdue": ("Overdue", lambda rows: rows.overdue()),
    "blank": ("Without a month", lambda rows: rows.filter(due_month=None)),
}
#: What stands in the way of items, and which come again.
LIMITS = {
    "blocked": (
        "Something limits or blocks it",
        lambda rows: rows.exclude(limits="").exclude(status=ItemStatus.ACHIEVED),
    ),
    "yearly": ("Comes back each year", lambda rows: rows.filter(is_yearly=True)),
    "gate": ("Something has to be shown first", lambda rows: rows.exclude(gate="")),
}


#: A plan with something that is late.
PLANS = {"overdue": ("With overdue items", lambda rows: rows.filter(late(path="items__")).distinct())}


def month_of(item: ActionItem) -> str:
    return f"{item.due_month:%B %Y}" if item.due_month else ""


def parts_of(plan: ActionPlan) -> list[tuple[str, list[ActionItem]]]:
    """The items below the titles of their sections, in the order of the plan. An item without a section comes where it stands."""
    parts: list[tuple[str, list[ActionItem]]] = []
    for item in plan.items.select_related("section").in_order():
        title = str(item.section) if item.section else ""
        if not parts or parts[-1][0] != title:
            parts.append((title, []))
        parts[-1][1].append(item)
    return parts


class SectionInline(FollowsParent, TabularInline):
    """The parts of the plan, as its appendices number them (R3)."""

    model = PlanSection
    verbose_name = "section"
    verbose_name_plural = "sections"
    fields = ("key", "title")


@admin.register(ActionPlan)
class ActionPlanAdmin(NeedsMixin):
    """The plans of a provider. Items are read in from a file, or written one by one."""

    change_permission = KEEP
    fixed_fields = ("provider",)
    list_display = ("name", "provider", "items", "achieved", "late")
    list_filter = ("provider", choose("due", "due", PLANS))
    search_fields = ("name", "about")
    ordering = ("name", "pk")
    fields = ("provider", "name", "about", ("starts_on", "ends_on"))
    inlines = (SectionInline,)
    export_columns = (
        Column("Plan", "name"),
        Column("Provider", "provider__name"),
        Column("Begins", "starts_on"),
        Column("Ends", "ends_on"),
        Column("Items", "number"),
    )

    items = column("Items", "number", "number")
    achieved = column("Achieved", "number_achieved", "number_achieved")
    late = column("Overdue", "number_late", "number_late")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ActionPlan]":
        return (
            super()
            .get_queryset(request)
            .select_related("provider")
            .annotate(
                number=Count("items", distinct=True),
                number_achieved=Count("items", filter=Q(items__status=ItemStatus.ACHIEVED), distinct=True),
                number_late=Count("items", filter=late(path="items__"), distinct=True),
            )
        )

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        """Its items, what can be downloaded, and the files that were read in."""
        items, readings = (
            reverse("admin:representation_actionitem_changelist"),
            "admin:representation_planreading_changelist",
        )
        pages = [
            ("Items", f"{items}?plan__id__exact={subject.pk}"),
            ("Read in a file", reverse("admin:representation_actionplan_file", args=[subject.pk])),
        ]
        if any(subject.readings.all()[:1]):
            pages.append(("Files read in", f"{reverse(readings)}?plan__id__exact={subject.pk}"))
        if any(subject.items.all()[:1]):
            pages += [
                (words, reverse(f"admin:representation_actionplan_{name}", args=[subject.pk]))
                for words, name in (("Download for Word", "word"), ("Download as PDF", "pdf"))
            ]
        return [*(link_button(*page) for page in pages), *super().buttons(request, subject)]

    def _plan(self, request: HttpRequest, pk: int) -> ActionPlan:
        found: ActionPlan | None = self.get_object(request, str(pk))
        if found is None:
            raise Http404
        return found

    @own_page("<int:pk>/file/", "file")
    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A file is chosen, to be looked at."""
        return file_page(self, request, self._plan(request, pk))

    @own_page("<int:pk>/word/", "word")
    def word_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The plan as a Word document, in the order of its source."""
        plan = self._plan(request, pk)
        name = disposition(slugify(plan.name) or "action-plan", "docx")
        content = as_word(plan, parts_of(plan))
        return HttpResponse(content, content_type=WORD, headers={"Content-Disposition": name, **NOT_KEPT})

    @own_page("<int:pk>/pdf/", "pdf")
    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The plan as a tagged PDF."""
        plan = self._plan(request, pk)
        context = {
            "plan": plan,
            "provider": plan.provider,
            "parts": parts_of(plan),
            "columns": COLUMNS.values(),
            "names": TEXTS,
        }
        name = disposition(slugify(plan.name) or "action-plan", "pdf")
        content = render_pdf("pdf/action_plan.html", context)
        return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name, **NOT_KEPT})


class ItemForm(forms.ModelForm):
    """An item, in the order of the columns. Its section is one of its own plan."""

    class Meta:
        model = ActionItem
        fields = ("plan", "section")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        plan, section = values.get("plan") or self.instance.plan, values.get("section")
        if section and section.plan_id != plan.pk:
            self.add_error("section", "Choose a section of this plan.")
        if not any(str(values.get(name) or "").strip() for name in TEXTS):
            self.add_error("outcome", "Fill in at least one of the six columns.")
        return values


class LeadInline(ReadOnlyInline):
    """Who leads it, or has led it (R10)."""

    model = ItemLead
    fields = readonly_fields = ("group", "role", "name", "email", "since", "ended_at")
    verbose_name_plural = "leads"
    related = ("group",)
    show_change_link = True
    hide_title = True


class ReferenceForm(forms.ModelForm):
    """Another item is one of the same provider’s plans."""

    address = forms.URLField(required=False, assume_scheme="https", max_length=500, widget=UnfoldAdminURLInputWidget)

    class Meta:
        model = ItemReference
        fields = ("kind", "words", "address", "other")

    def clean_other(self) -> ActionItem | None:
        other: ActionItem | None = self.cleaned_data.get("other")
        item = self.instance.item if self.instance.item_id else None
        if other and item and other.plan.provider_id != item.plan.provider_id:
            raise forms.ValidationError("Choose an item of this provider.")
        if other and item and other.pk == item.pk:
            raise forms.ValidationError("An item does not refer to itself.")
        return other


class ReferenceInline(FollowsParent, TabularInline):
    """Where it points to: evidence, case studies, documents, other items (R13)."""

    model = ItemReference
    form = ReferenceForm
    fk_name = "item"
    verbose_name = "reference"
    verbose_name_plural = "evidence and references"
    fields = ("kind", "words", "address", "other")
    related = ("other",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "other":
            kwargs["queryset"] = ActionItem.objects.visible_to(request.user, KEEP).in_order()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ReportInline(ReadOnlyInline):
    """What was reported of it, and when (R2)."""

    model = ProgressReport
    fields = readonly_fields = ("at", "status", "words", "evidence", "by", "by_name")
    verbose_name_plural = "reports of progress"
    related = ("by",)
    hide_title = True


@admin.register(ActionItem)
class ActionItemAdmin(SteppedAdmin):
    """The rows of the plans. Downloads have the six columns in the order of the source (R1), then what was added to them."""

    change_permission = KEEP
    fixed_fields = ("plan",)
    form = ItemForm
    inlines = (LeadInline, ReferenceInline, ReportInline)
    list_display = ("words", "section_key", "led_by", "state", "due", "plan")
    list_filter = ("plan", "status", "horizon", "phase", choose("due", "due", DUE), choose("also", "also", LIMITS))
    list_select_related = ("plan__provider", "section")
    search_fields = TEXTS
    ordering = ("plan", "order", "pk")
    fieldsets = (
        (None, {"fields": ("plan", "section", *TEXTS, "state", "due")}),
        (
            "How it is to be done",
            {
                "fields": (
                    *("horizon", "phase", "is_yearly", "gate", "consulted", "limits"),
                    ("people", "days_a_week", "months"),
                    *("effort", "order", "source"),
                )
            },
        ),
    )
    readonly_fields = ("state", "due", "effort", "source")
    export_columns = (
        *(Column(heading, name) for name, heading in COLUMNS.items()),
        Column("Status", "get_status_display"),
        Column("Due", month_of),
        Column("Overdue", "is_overdue"),
        Column("Section", "section__key"),
        Column("How soon", "get_horizon_display"),
        Column("Phase", "phase"),
        Column("Comes back each year", "is_yearly"),
        Column("What has to be shown first", "gate"),
        Column("Who was consulted", "consulted"),
        Column("What limits or blocks it", "limits"),
        Column("Days of work", "person_days"),
        Column("Plan", "plan__name"),
        Column("Read from", "source"),
    )

    words = column("Item", str)
    led_by = column("Lead", lambda item: Truncator(item.lead).chars(40) or "–", "lead")
    section_key = column("Section", "section__key", "section__key")
    state = column("Status", lambda item: (item.status, item.get_status_display()), "status", colours=COLOURS)
    due = column("Due", lambda item: f"{month_of(item) or '–'}{', overdue' if item.is_overdue else ''}", "due_month")
    effort = column("Days of work", lambda item: english.counted(item.person_days, "day") if item.person_days else "–")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "section":  # sections have no list of their own, which would narrow them
            kwargs["queryset"] = PlanSection.objects.visible_to(request.user, KEEP)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One of which nothing was reported yet."""
        return obj is not None and self.has_change_permission(request, obj) and not obj.reports.exists()


def _page_of(item: ActionItem) -> str:
    return reverse("admin:representation_actionitem_change", args=[item.pk])


for made_by in (again.begin_next_year, again.extend_item):
    leads_to(made_by, _page_of, then=_page_of)
