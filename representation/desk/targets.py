"""Targets on the desk: a share by a day with its steps, how it stands, what it would take, and the parts it is divided into (R11, R12)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from unfold.admin import TabularInline

from representation import series, trajectories
from representation.grids import became
from representation.measuring.aims import Standing
from representation.measuring.shares import rounded
from representation.models import Characteristic, Target, TargetStep, Tier, Unit
from representation.permissions import RepresentationPermission
from representation.prospects import prospects, recruitment_of
from representation.states import TierGroup
from steppingup.desk.admin import FollowsParent, own_page
from steppingup.desk.changelist import OfferedList
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.formats import english
from steppingup.site.export import FORMATS, Column, export

KEEP = RepresentationPermission.KEEP_PLAN
LOOK = "admin:representation_target_look"
OF = {
    "whole": ("Everybody", lambda rows: rows.filter(unit=None)),
    "units": ("One unit", lambda rows: rows.exclude(unit=None)),
    "parts": ("Part of another", lambda rows: rows.exclude(part_of=None)),
}
COLOURS = {
    trajectories.STANDING_WORDS[Standing.ON_TRACK]: "success",
    trajectories.STANDING_WORDS[Standing.BEHIND]: "danger",
    trajectories.STANDING_WORDS[Standing.CANNOT_TELL]: "info",
    trajectories.STANDING_WORDS[Standing.TOO_EARLY]: "info",
}
NOT_ITS_OWN = "Choose a {what} of this provider."


class StepForm(forms.ModelForm):
    class Meta:
        model = TargetStep
        fields = ("due_on", "percent", "label")

    def clean(self) -> dict[str, Any]:
        """A step lies after the beginning."""
        values = super().clean() or {}
        due, begins = values.get("due_on"), self.instance.target.begins_on if self.instance.target_id else None
        if due and begins and due <= begins:
            self.add_error("due_on", f"The target begins on {english.day_date(begins)}. A step has a later day.")
        return values


class StepFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """A target that is being made has its beginning beside it; one without any step is none."""
        super().clean()
        begins = self.instance.begins_on
        kept = (
            [one for one in self.forms if one.cleaned_data and not one.cleaned_data.get("DELETE")]
            if self.is_valid_so_far
            else []
        )
        for one in kept:
            due = one.cleaned_data.get("due_on")
            if due and begins and due <= begins and "due_on" not in one.errors:
                one.add_error("due_on", f"The target begins on {english.day_date(begins)}. A step has a later day.")
        self._check_rise(kept)
        if self.is_valid_so_far and not kept:
            raise forms.ValidationError("Add at least one step: a share, and the day by which it is wanted.")

    def _check_rise(self, kept: Sequence[Any]) -> None:
        """Step by step it rises, or stays: a share that is lower than the one before it was meant for another day, or is mistyped."""
        before = self.instance.begins_at
        said = "where it begins"
        for one in sorted(
            (one for one in kept if one.cleaned_data.get("due_on")), key=lambda one: one.cleaned_data["due_on"]
        ):
            percent = one.cleaned_data.get("percent")
            if percent is None or before is None:
                continue
            if percent < before:
                one.add_error("percent", f"This is less than the {before.normalize():f}% {said}. Check both shares.")
            before, said = percent, f"of {english.day_date(one.cleaned_data['due_on'])}"

    @property
    def is_valid_so_far(self) -> bool:
        return not any(self.errors)


class StepInline(FollowsParent, TabularInline):
    """The shares on the way, and the last of them."""

    model = TargetStep
    form = StepForm
    formset = StepFormSet
    verbose_name = "step"
    verbose_name_plural = "steps: the last is the target itself"
    fields = ("due_on", "percent", "label")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """One to begin with."""
        return 0 if obj else 1


class TargetForm(forms.ModelForm):
    """Unit, tier, characteristic and what it is part of are of the same provider."""

    class Meta:
        model = Target
        fields = (
            *("provider", "characteristic", "unit", "tiers", "tier", "part_of", "begins_on", "begins_at"),
            *("watched_from", "watched_until", "source"),
        )
        labels = {"watched_from": "Monitored from", "watched_until": "Monitored until"}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        is_of_one, tier = values.get("tiers") == TierGroup.ONE, values.get("tier")
        if is_of_one and tier is None and "tier" not in self.errors:
            self.add_error("tier", "Choose the tier.")
        if tier and not is_of_one:
            self.add_error("tier", "Leave this empty, or choose “One tier” above.")
        first, last = values.get("watched_from"), values.get("watched_until")
        if first and last and last < first:
            self.add_error("watched_until", "The last day is before the first.")
        provider = values.get("provider") or getattr(self.instance, "provider", None)
        for name, what in (
            ("characteristic", "characteristic"),
            ("unit", "unit"),
            ("tier", "tier"),
            ("part_of", "target"),
        ):
            chosen = values.get(name)
            if chosen and provider and chosen.provider_id != provider.pk:
                self.add_error(name, NOT_ITS_OWN.format(what=what))
        self._check_whole(values)
        return values

    def _check_whole(self, values: dict[str, Any]) -> None:
        """What it is part of is about the same characteristic, and not part of itself, however far up."""
        whole, about = values.get("part_of"), values.get("characteristic")
        if whole is None:
            return
        if about and whole.characteristic_id != about.pk:
            self.add_error(
                "part_of", "That target is counted by something else. Choose one with the same characteristic."
            )
        seen: set[int] = set()
        while whole is not None and whole.pk not in seen:
            if whole.pk == self.instance.pk:
                self.add_error("part_of", "A target is no part of itself.")
                return
            seen.add(whole.pk)
            whole = whole.part_of


class TargetList(OfferedList):
    """With how each row of the page stands."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = with_standings(self.result_list)


def with_standings(rows: Iterable[Target]) -> list[Target]:
    listed = list(rows)
    found = trajectories.standings(listed)
    for one in listed:
        one.trajectory = found[one.pk]  # type: ignore[attr-defined]
    return listed


def _last(target: Target) -> str:
    return f"{target.last.percent.normalize():f}%" if target.last else "–"


@admin.register(Target)
class TargetAdmin(SteppedAdmin):
    """What is wanted by when, and how it stands."""

    list_class = TargetList
    change_permission = KEEP
    deletes = True
    form = TargetForm
    fixed_fields = ("provider",)
    list_display = ("named", "start", "wanted", "until", "state", "whole")
    list_filter = ("characteristic", "tiers", choose("of", "of", OF))
    search_fields = ("unit__versions__name", "characteristic__name", "source")
    list_select_related = ("provider", "characteristic", "tier")
    ordering = ("characteristic__name", "pk")
    fieldsets = (
        (None, {"fields": ("provider", "characteristic", "unit", "tiers", "tier", "part_of")}),
        ("Where it begins", {"fields": (("begins_on", "begins_at"), "source")}),
        ("How long it is monitored", {"fields": (("watched_from", "watched_until"),)}),
    )
    inlines = (StepInline,)
    export_columns = (
        Column("Counted by", "characteristic__name"),
        Column("Unit", lambda one: str(one.unit or "Everybody")),
        Column("Tiers", "tiers_in_words"),
        Column("Begins", "begins_on"),
        Column("Share on that day (%)", "begins_at"),
        Column("Wanted (%)", lambda one: one.last.percent if one.last else None),
        Column("By", "ends_on"),
        Column("The source calls it", lambda one: one.last.label if one.last else ""),
        Column("Monitored from", "watched_from"),
        Column("Monitored until", "watched_until"),
        Column("Latest figures", lambda one: one.trajectory.latest.day if one.trajectory.latest else None),
        Column("Latest share (%)", lambda one: _latest_share(one)),
        Column("What can be said", lambda one: one.trajectory.words),
        Column("Part of", lambda one: str(one.part_of or "")),
        Column("Source", "source"),
    )

    named = column("Target", str)
    start = column(
        "Begins at", lambda one: f"{one.begins_at.normalize():f}%, {english.day_date(one.begins_on)}", "begins_on"
    )
    wanted = column("Wanted", _last)
    until = column("By", lambda one: english.day_date(one.ends_on) or "–")
    state = column("How it stands", lambda one: one.trajectory.words, colours=COLOURS)
    whole = column("Part of", lambda one: str(one.part_of or "–"))

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Target]":
        rows: QuerySet[Target] = super().get_queryset(request)
        return rows.prefetch_related(
            "steps", "unit__versions", "part_of__unit__versions", "part_of__characteristic", "part_of__tier"
        )

    def exported(self, request: HttpRequest, rows: "QuerySet[Target]") -> tuple[Sequence[Column], Iterable[Target]]:
        return self.export_columns, with_standings(rows)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        narrowed: dict[str, Any] = {"characteristic": Characteristic, "unit": Unit, "tier": Tier}
        if model := narrowed.get(db_field.name):
            rows = model.objects.visible_to(request.user, KEEP)
            kwargs["queryset"] = rows.prefetch_related("versions") if model is Unit else rows
        if db_field.name == "part_of":
            kwargs["queryset"] = Target.objects.visible_to(request.user, KEEP).for_steps()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        return [link_button("See how it stands", reverse(LOOK, args=[subject.pk])), *super().buttons(request, subject)]

    def after_step(self, subject: Any, result: Any) -> str:
        return reverse(LOOK, args=[subject.pk])

    @own_page("<int:pk>/look/", "look")
    def look_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The way and the figures in one picture, what it would take, and the parts."""
        found: Target | None = self.get_object(request, str(pk))
        if found is None:
            raise Http404
        target = (
            Target.objects.for_steps()
            .prefetch_related("parts__steps", "parts__unit__versions", "parts__tier")
            .get(pk=found.pk)
        )
        releases = trajectories.current_releases([target]).get(target.characteristic_id, [])
        merged = became()
        made = trajectories.trajectory_of(target, releases, merged)
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, slugify(f"target {target}"), trajectories.COLUMNS, made.marks)
        latest = releases[-1] if releases else None
        asked = request.GET if "turnover" in request.GET else None
        figure = recruitment_of(target, made.latest.day) if made.latest else None
        return self.page(
            request,
            "admin/representation/target.html",
            title=str(target),
            original=target,
            target=target,
            made=made,
            latest=latest,
            picture=series.line_picture(made.points, made.way.marks),
            ahead=prospects(target, made, figure, asked),
            parts=trajectories.parts_of(target, latest, merged),
            whose=_whose(releases),
            formats=list(FORMATS),
        )


def _whose(releases: Sequence[Any]) -> str:
    return " or ".join(releases[-1].contents["answers"]["group"]) if releases else ""


def _latest_share(target: Target) -> Decimal | None:
    latest = target.trajectory.latest  # type: ignore[attr-defined]
    return None if latest is None or latest.point.percent is None else rounded(latest.point.percent, 1)
