"""What a coordinator sets up: programmes, plans of days, partners."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from cohorts.desk.programme_forms import ComponentForm, DocumentForm, ProgrammeForm
from cohorts.models import Component, Partner, Plan, Programme, ProgrammeDocument, TargetGroup
from cohorts.permissions import CohortPermission
from steppingup.desk.admin import FollowsParent, ScopedAdmin
from steppingup.desk.lists import column
from steppingup.site.export import Column

EDIT = CohortPermission.EDIT_PROGRAMMES


class TargetGroupInline(FollowsParent, TabularInline):
    model = TargetGroup
    fields = ("name", "statement", "order")


class DocumentInline(FollowsParent, TabularInline):
    """Brochures and guides to read on the programme's page (B20)."""

    model = ProgrammeDocument
    form = DocumentForm
    related = ("file",)
    verbose_name = "brochure or guide"
    verbose_name_plural = "brochures and guides"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = type("DocumentForm", (DocumentForm,), {"by": request.user})
        return super().get_formset(request, obj, **{"form": form, **kwargs})


@admin.register(Programme)
class ProgrammeAdmin(ScopedAdmin):
    """A programme and its texts."""

    form = ProgrammeForm

    change_permission = EDIT
    fixed_fields = ("provider",)
    list_display = ("name", "provider", "region", "is_published")
    search_fields = ("name", "summary")
    list_filter = ("is_published",)
    prepopulated_fields: ClassVar[dict[str, Any]] = {"slug": ("name",)}
    inlines = (TargetGroupInline, DocumentInline)
    export_columns = (Column("Programme", "name"), Column("Provider", "provider__name"), Column("Region", "region"))
    fieldsets = (
        (None, {"fields": ("provider", "name", "slug", "summary", "region", "nation", "is_published")}),
        ("Texts", {"fields": ("about", "who_can_apply", "how_it_is_funded", "after_the_programme")}),
        ("Learning agreement", {"fields": ("learning_agreement",)}),
        ("Contact", {"fields": ("contact_email", "contact_phone")}),
    )


class ComponentInline(FollowsParent, StackedInline):
    model = Component
    form = ComponentForm
    fields = (
        ("title", "kind"),
        ("days", "minutes_per_day"),
        ("meetings", "days_each"),
        "description",
        "order",
    )


@admin.register(Plan)
class PlanAdmin(ScopedAdmin):
    """A plan of days: components whose days add up (B4)."""

    change_permission = EDIT
    fixed_fields = ("programme",)  # cohorts follow it
    list_display = ("name", "programme", "total_days")
    list_filter = ("programme",)
    search_fields = ("name", "programme__name")
    inlines = (ComponentInline,)
    export_columns = (Column("Plan", "name"), Column("Programme", "programme__name"), Column("Days", "days"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return super().get_queryset(request).prefetch_related("components")

    total_days = column("Days", lambda plan: f"{plan.days.normalize():f}")


@admin.register(Partner)
class PartnerAdmin(ScopedAdmin):
    """Organisations that pledged to release staff, and their policies (B3, B59)."""

    deletes = True
    change_permission = EDIT
    list_display = ("organisation", "programme", "pledged_on", "is_listed")
    list_select_related = ("organisation", "programme")
    search_fields = ("organisation__name",)
    list_filter = ("programme", "is_listed", "organisation__sector", "organisation__kind")
    export_columns = (
        Column("Organisation", "organisation__name"),
        Column("Programme", "programme__name"),
        Column("Pledged on", "pledged_on"),
        Column("Policy", "policy"),
    )
