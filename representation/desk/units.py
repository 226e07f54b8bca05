"""What figures of a workforce are divided by, on the desk: units with their names over time, tiers, characteristics and their answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from representation.actions.units import NO_NAME, make_unit
from representation.models import Category, Characteristic, Tier, Unit, UnitVersion
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.desk.admin import FollowsParent, ReadOnlyInline, ScopedAdmin
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.site.export import Column

KEEP = RepresentationPermission.KEEP_PLAN
THERE = {
    "now": ("There now", lambda rows: rows.on(clock.today())),
    "before": ("Ended", lambda rows: rows.filter(ended_on__lt=clock.today())),
}


class VersionInline(ReadOnlyInline):
    """What it was called, and what it belonged to, from when on."""

    model = UnitVersion
    fk_name = "unit"
    fields = readonly_fields = ("from_on", "name", "parent")
    verbose_name_plural = "names and places over time"
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("parent").prefetch_related("parent__versions")


class UnitForm(forms.ModelForm):
    """A new unit with its name. What changes later has a day: a step."""

    name = NameInput(
        max_length=150, widget=UnfoldAdminTextInputWidget, error_messages={"required": NO_NAME}, required=False
    )
    parent = forms.ModelChoiceField(Unit.objects.none(), label="Belongs to", required=False)

    class Meta:
        model = Unit
        fields = ("provider", "kind", "code", "began_on")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.instance.pk is None and not values.get("name"):
            self.add_error("name", NO_NAME)
        return values


@admin.register(Unit)
class UnitAdmin(SteppedAdmin):
    """The units of a workforce, as they are now; each page has what was before."""

    change_permission = KEEP
    form = UnitForm
    fixed_fields = ("provider",)
    list_display = ("called", "kind", "belongs", "code", "began_on", "ended_on")
    list_filter = ("kind", choose("there", "there", THERE))
    search_fields = ("versions__name", "code")
    ordering = ("pk",)
    inlines = (VersionInline,)
    export_columns = (
        Column("Unit", lambda unit: str(unit)),
        Column("What it is", "get_kind_display"),
        Column("Belongs to", lambda unit: _belongs(unit)),
        Column("Code", "code"),
        Column("Since", "began_on"),
        Column("Last day", "ended_on"),
        Column("Became", lambda unit: str(unit.became or "")),
    )

    called = column("Unit", str)
    belongs = column("Belongs to", lambda unit: _belongs(unit) or "–")
    became_what = column("Became", lambda unit: str(unit.became or "–"))

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Unit]":
        rows: QuerySet[Unit] = super().get_queryset(request)
        return rows.select_related("provider").prefetch_related("versions__parent__versions", "became__versions")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("provider", "name", "kind", "parent", "code", "began_on")
        return ("provider", "called", "belongs", "kind", "code", "began_on", "ended_on", "became_what")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = [*super().get_readonly_fields(request, obj)]
        return [*given, "called", "belongs", "ended_on", "became_what"] if obj else given

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        if "parent" in made.base_fields:
            made.base_fields["parent"].queryset = Unit.objects.visible_to(request.user, KEEP).filter(ended_on=None)
        return made

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        values = form.cleaned_data
        made = make_unit(
            provider=obj.provider,
            name=values["name"],
            kind=obj.kind,
            code=obj.code,
            parent=values.get("parent"),
            began_on=obj.began_on,
        )
        obj.pk = made.pk
        obj._state.adding = False


def _belongs(unit: Unit) -> str:
    version = unit.version(clock.today())
    return str(version.parent) if version and version.parent else ""


@admin.register(Tier)
class TierAdmin(ScopedAdmin):
    """The tiers, from the lowest up."""

    change_permission = KEEP
    fixed_fields = ("provider",)
    list_display = ("name", "track", "order", "is_senior", "is_top")
    list_filter = ("track", "is_senior")
    search_fields = ("name",)
    ordering = ("provider", "track", "order", "pk")
    fields = ("provider", "name", "track", "order", "is_senior", "is_top")
    export_columns = (
        Column("Tier", "name"),
        Column("Counted with", "get_track_display"),
        Column("Order", "order"),
        Column("Senior", "is_senior"),
        Column("Very senior managers or board", "is_top"),
    )


class CategoryInline(FollowsParent, TabularInline):
    """The answers, with whom each is counted, and since when."""

    model = Category
    verbose_name = "answer"
    verbose_name_plural = "answers"
    fields = ("name", "counts", "from_on", "until_on", "follows")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "follows":
            at = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            rows = Category.objects.visible_to(request.user, KEEP)
            kwargs["queryset"] = rows.filter(characteristic=at) if at and str(at).isdigit() else rows.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Characteristic)
class CharacteristicAdmin(ScopedAdmin):
    """What people are counted by. A census may change the answers: each has its days, and the one that it takes the place of."""

    change_permission = KEEP
    fixed_fields = ("provider",)
    list_display = ("name", "answers")
    list_filter = ("provider",)
    search_fields = ("name", "categories__name")
    ordering = ("name", "pk")
    fields = ("provider", "name")
    inlines = (CategoryInline,)
    export_columns = (Column("Characteristic", "name"), Column("Answers", lambda one: _answers(one)))

    answers = column("Answers", lambda one: _answers(one))

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Characteristic]":
        return super().get_queryset(request).prefetch_related("categories")


def _answers(one: Characteristic) -> str:
    return english.listed([answer.name for answer in one.categories.all()]) or "–"
