"""Published figures on the desk: what a source says, in its own form, and how far it lies from another figure (C1, C2)."""

from typing import Any

from django import forms
from django.contrib import admin

from representation.models import PublishedFigure
from representation.permissions import RepresentationPermission
from representation.states import Form
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.lists import choose, column
from steppingup.site.export import Column

#: What is filled in for each form, and what must not be.
NEEDED = {Form.COUNTS: ("number", "of"), Form.PERCENT: ("percent",), Form.ONE_IN: ("of",), Form.NONE: ()}
MAY_HAVE = {Form.PERCENT: ("of",), Form.NONE: ("of",)}
BOXES = {"number": "how many of them there are", "of": "of how many", "percent": "the percentage"}
COMPARED = {
    "yes": ("Compared with another", lambda rows: rows.exclude(against=None)),
    "no": ("Not compared", lambda rows: rows.filter(against=None)),
}


class PublishedFigureForm(forms.ModelForm):
    """What belongs to how the source says it, with a sentence at each box that is missing or too many."""

    class Meta:
        model = PublishedFigure
        fields = (
            *("provider", "name", "whom", "characteristic", "form", "number", "of", "percent"),
            *("is_about", "words", "source", "year", "against"),
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        form = values.get("form")
        if form not in NEEDED:
            return values
        said = Form(form).label
        for name, what in BOXES.items():
            is_there = values.get(name) is not None
            if name in NEEDED[form] and not is_there and name not in self.errors:
                self.add_error(name, f"Say {what}.")
            elif is_there and name not in (*NEEDED[form], *MAY_HAVE.get(form, ())):
                self.add_error(name, f"Leave this empty: “{said}” does not say {what}.")
        number, of = values.get("number"), values.get("of")
        if form == Form.COUNTS and number is not None and of is not None and not 0 <= number <= of:
            self.add_error("number", f"There cannot be more than {of} of {of}.")
        if form == Form.COUNTS and of == 0:
            self.add_error("of", "Of nobody there is no share.")
        if form == Form.ONE_IN and of is not None and of < 2:
            self.add_error("of", "Enter 2 or more: “1 in 40”, for example.")
        provider = values.get("provider") or getattr(self.instance, "provider", None)
        against = values.get("against")
        if against and provider and against.provider_id != provider.pk:
            self.add_error("against", "Choose a figure of this provider.")
        if against and against.pk == self.instance.pk:
            self.add_error("against", "A figure is not compared with itself.")
        return values


@admin.register(PublishedFigure)
class PublishedFigureAdmin(ScopedAdmin):
    """What others have published, and one’s own figures of before."""

    change_permission = RepresentationPermission.KEEP_PLAN
    deletes = True
    form = PublishedFigureForm
    fixed_fields = ("provider",)
    list_display = ("name", "characteristic", "said", "points", "against", "source", "year")
    list_filter = ("whom", "form", "year", choose("compared", "compared", COMPARED))
    search_fields = ("name", "characteristic", "source", "words")
    list_select_related = ("provider", "against")
    ordering = ("name", "-year", "pk")
    fieldsets = (
        (None, {"fields": ("provider", "name", "whom", "characteristic")}),
        (
            "What the source says",
            {"fields": ("form", ("number", "of", "percent"), "is_about", "words", "source", "year")},
        ),
        ("Compared", {"fields": ("against", "points")}),
    )
    readonly_fields = ("points",)
    export_columns = (
        Column("What is counted", "name"),
        Column("Which people", "get_whom_display"),
        Column("Who of them", "characteristic"),
        Column("As the source says it", "said"),
        Column("So many", "number"),
        Column("Of so many", "of"),
        Column("Percentage in the source", "percent"),
        Column("About", "is_about"),
        Column("Compared with", "against"),
        Column("Points above or below", "points"),
        Column("Source", "source"),
        Column("Year", "year"),
        Column("In the words of the source", "words"),
    )

    said = column("Figure", "said")
    points = column("Compared", lambda figure: figure.points_in_words or "–")
