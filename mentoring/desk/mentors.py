"""Mentors: who they are, what they offer, how many places are used; from a form, or from a file."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
)

from mentoring.actions import mentors
from mentoring.desk.importing import MentorResource
from mentoring.models import Mentor, Theme
from mentoring.models.mentor import address_here, called_here
from mentoring.permissions import MentoringPermission
from steppingup.accounts.naming import both_names, choices_of, goes_by_another, named_otherwise
from steppingup.desk.importing import RowsImport
from steppingup.desk.lists import NumberFilter, choose, column
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.site.export import Column


class Themes(UnfoldAdminCheckboxSelectMultipleWidget):
    """Ticked one by one; a long name is broken, not cut off."""

    option_template_name = "mentoring/theme_option.html"  # in this app: widgets look for it there


class MentorForm(forms.ModelForm):
    """A person is named by their email address: one who is known already is not made again."""

    email = AddressInput(label="Email address", widget=UnfoldAdminEmailInputWidget)
    full_name = NameInput(label="Full name", max_length=150, widget=UnfoldAdminTextInputWidget)

    whose_name = forms.ChoiceField(
        label="Which name should stand here?", required=False, widget=UnfoldAdminRadioSelectWidget
    )
    by: Any = None

    class Meta:
        widgets = {"themes": Themes}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "whose_name" not in self.fields:
            return
        email, typed = (str(self.data.get(self.add_prefix(name), "")) for name in ("email", "full_name"))
        self.other = named_otherwise(self.by, email, typed)
        cast("forms.ChoiceField", self.fields["whose_name"]).choices = (
            choices_of(self.other, typed) if self.other else []
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.instance.pk and self.other and not values.get("whose_name") and "whose_name" not in self.errors:
            self.add_error("whose_name", both_names(self.other, values.get("full_name", "")))
        programme = values.get("programme") or (self.instance.programme if self.instance.pk else None)
        email = values.get("email", "")
        self._refuse("email", goes_by_another(self.by, email))
        known = Mentor.objects.filter(programme=programme).alias(address_here=address_here())
        if email and programme and known.filter(address_here=email).exists():
            self.add_error("email", f"{email} is already a mentor on {programme}. Change that entry instead.")
        if any(theme.programme_id != programme.pk for theme in values.get("themes") or []) if programme else False:
            self.add_error("themes", "Choose themes of the same programme.")
        if self.instance.pk and "organisation" in self.changed_data and values.get("organisation"):
            self._refuse("organisation", mentors.why_not_from(self.instance, values["organisation"]))
        if self.instance.pk and "capacity" in self.changed_data and values.get("capacity") is not None:
            self._refuse("capacity", mentors.why_not_capacity(self.instance, values["capacity"]))
        return values

    def _refuse(self, field: str, sentence: str) -> None:
        if sentence:
            self.add_error(field, ValidationError(sentence))


class ThemeFilter(NumberFilter):
    title, parameter_name, path = "theme", "theme", "themes"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        found = Theme.objects.visible_to(request.user).select_related("programme")
        several = len({theme.programme_id for theme in found}) > 1
        return [(t.pk, f"{t.name} ({t.programme})" if several else t.name) for t in found]


PLACES = {
    "free": ("With a free place", lambda rows: rows.filter(places_free__gt=0, is_available=True)),
    "full": ("Full", lambda rows: rows.filter(places_free=0)),
}


@admin.register(Mentor)
class MentorAdmin(RowsImport):
    change_permission = MentoringPermission.RUN_MENTORING
    form = MentorForm
    fixed_fields = ("programme", "who", "places")
    list_display = ("person", "organisation", "job_title", "area", "places", "is_available")
    list_filter = (
        ("organisation", AutocompleteSelectFilter),
        ThemeFilter,
        choose("places", "places", PLACES),
        "is_available",
        "programme",
    )
    worked_out: ClassVar = {"called_here": called_here(), "address_here": address_here()}
    search_fields = (
        "called_here",
        "address_here",
        "organisation__name",
        "job_title",
        "area",
        "themes__name",
    )
    list_select_related = ("user", "organisation", "programme")
    autocomplete_fields = ("organisation",)
    export_columns = [
        Column("Email", "address"),
        Column("Name", "called"),
        Column("Organisation", "organisation__name"),
        Column("Job title", "job_title"),
        Column("Area", "area"),
        Column("Themes", lambda mentor: "; ".join(theme.name for theme in mentor.themes.all())),
        Column("Capacity", "capacity"),
        Column("Used", "places_used"),
        Column("Can take somebody on", "is_available"),
        Column("Programme", "programme__name"),
    ]
    resource = MentorResource
    says = (
        "A row whose email address is known changes that mentor; any other is added. Anything left blank stays as "
        "it is, and nobody is removed. Organisations and themes must already exist. Put a semicolon between themes. Leave "
        "“Whose name” out unless what is wrong with a row asks for it."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mentor]:
        return super().get_queryset(request).with_places()

    def exported(self, request: HttpRequest, rows: QuerySet[Mentor]) -> tuple[Sequence[Column], QuerySet[Mentor]]:
        return self.export_columns, rows.prefetch_related("themes")

    @display(description="Mentor", ordering=called_here(), header=True)
    def person(self, mentor: Mentor) -> list[str]:
        return [mentor.called, mentor.address]

    who = column("Mentor", lambda mentor: f"{mentor.called} ({mentor.address})")

    places = column("Places used", lambda mentor: f"{mentor.places_used} of {mentor.capacity}", "places_free")

    # -- form ----------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Mentor | None = None) -> Any:
        offer = ("about", "themes", "area", "capacity", "is_available")
        asks = named_otherwise(request.user, request.POST.get("email", ""), request.POST.get("full_name", ""))
        asked = ("whose_name",) if asks else ()
        who = ("programme", "email", "full_name", *asked) if obj is None else ("programme", "who", "places")
        return (
            (None, {"fields": (*who, "organisation", "job_title")}),
            ("What they offer", {"fields": offer}),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.base_fields["themes"].widget.can_add_related = False
        if obj is not None:
            for name in ("email", "full_name", "whose_name"):
                form.base_fields.pop(name, None)
        return form

    def save_model(self, request: HttpRequest, obj: Mentor, form: forms.ModelForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data if name not in ("themes", "whose_name")}
        if change:
            mentors.change(mentor=obj, by=request.user, **values)
            return
        values.update({name: form.cleaned_data[name] for name in ("programme", "email", "full_name", "organisation")})
        if form.cleaned_data.get("whose_name"):
            values["whose_name"] = form.cleaned_data["whose_name"]
        made, _ = mentors.put(by=request.user, **values)
        obj.pk, obj.user, obj.name, obj.email_here = made.pk, made.user, made.name, made.email_here
        obj._state.adding = False
