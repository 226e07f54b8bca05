"""Recruitment figures on the desk: who was shortlisted, appointed and who left, and how likely each side was to be appointed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from representation.measuring.shares import Likelihood, Share
from representation.models import Characteristic, RecruitmentFigure, Tier, Unit
from representation.models.recruitment import SIDES
from representation.permissions import RepresentationPermission
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.lists import choose, column
from steppingup.site.export import Column

KEEP = RepresentationPermission.KEEP_PLAN
NUMBERS = tuple(f"{side}_{what}" for what in ("shortlisted", "appointed", "left") for side in SIDES)
ABOUT = {
    "all": ("The whole organisation", lambda rows: rows.filter(unit=None)),
    "units": ("One unit", lambda rows: rows.exclude(unit=None)),
}


def _words(found: Share | Likelihood | None) -> str:
    return found.words if found else "–"


class RecruitmentFigureForm(forms.ModelForm):
    """Nobody is appointed who was not shortlisted, and unit, tier and characteristic are of the same provider."""

    class Meta:
        model = RecruitmentFigure
        fields = ("provider", "characteristic", "unit", "tier", "from_on", "until_on", "source", *NUMBERS)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("from_on"), values.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", "The last day is before the first.")
        for side in SIDES:
            appointed, shortlisted = values.get(f"{side}_appointed"), values.get(f"{side}_shortlisted")
            if appointed is not None and shortlisted is not None and appointed > shortlisted:
                self.add_error(f"{side}_appointed", f"Only {shortlisted:,} of them were shortlisted.")
        if all(values.get(name) is None for name in NUMBERS) and not any(name in self.errors for name in NUMBERS):
            self.add_error("group_shortlisted", "Enter at least one of the numbers.")
        provider = values.get("provider") or getattr(self.instance, "provider", None)
        for name in ("characteristic", "unit", "tier"):
            chosen = values.get(name)
            if chosen and provider and chosen.provider_id != provider.pk:
                self.add_error(name, f"Choose a {name} of this provider.")
        return values


@admin.register(RecruitmentFigure)
class RecruitmentFigureAdmin(ScopedAdmin):
    """What recruitment did in a year, for the WRES and for working out what a target would take."""

    change_permission = KEEP
    deletes = True
    form = RecruitmentFigureForm
    fixed_fields = ("provider",)
    list_display = ("source", "characteristic", "from_on", "until_on", "unit", "tier", "likelihood")
    list_filter = ("characteristic", choose("about", "about", ABOUT))
    search_fields = ("source",)
    list_select_related = ("provider", "characteristic", "tier")
    ordering = ("-until_on", "-pk")
    fieldsets = (
        (None, {"fields": ("provider", "characteristic", ("from_on", "until_on"), "unit", "tier", "source")}),
        *(
            (label, {"fields": tuple(f"{side}_{what}" for side in SIDES)})
            for label, what in (("Shortlisted", "shortlisted"), ("Appointed", "appointed"), ("Left", "left"))
        ),
        ("How likely to be appointed", {"fields": ("rate_group", "rate_others", "likelihood")}),
    )
    readonly_fields = ("rate_group", "rate_others", "likelihood")
    export_columns = (
        Column("Source", "source"),
        Column("Counted by", "characteristic__name"),
        Column("From", "from_on"),
        Column("Until", "until_on"),
        Column("Unit", lambda one: str(one.unit or "")),
        Column("Tier", lambda one: str(one.tier or "")),
        *(Column(name.replace("_", ", ").capitalize(), name) for name in NUMBERS),
        Column("Times as likely to be appointed", lambda one: _words(one.likelihood)),
    )

    likelihood = column("Times as likely to be appointed as others", lambda one: _words(one.likelihood))
    rate_group = column(
        "Those who are missing at the top, from shortlisting", lambda one: _words(one.appointed("group"))
    )
    rate_others = column("Everybody else, from shortlisting", lambda one: _words(one.appointed("others")))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("unit__versions")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        narrowed: dict[str, Any] = {"characteristic": Characteristic, "unit": Unit, "tier": Tier}
        if model := narrowed.get(db_field.name):
            rows = model.objects.visible_to(request.user, KEEP)
            kwargs["queryset"] = rows.prefetch_related("versions") if model is Unit else rows
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
