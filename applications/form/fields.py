"""What every part's form has in common: it loses nothing, and asks `applications.form.parts` what is wrong."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from crispy_forms_gds.layout import ConditionalRadios, Field, Size
from django import forms
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.datastructures import MultiValueDict

from applications.form.part import Part
from applications.models import Application
from steppingup.files.models import StoredFile
from steppingup.formats.english import day_date
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.site.layout import laid_out


def with_plain_lines(data: QueryDict) -> QueryDict:
    """Browsers send lines that end in two characters; what is stored ends them in one. NUL, which no keyboard types and
    PostgreSQL does not keep, is left out."""
    plain = data.copy()
    for key, values in data.lists():
        plain.setlist(key, [value.replace("\r\n", "\n").replace("\x00", "") for value in values])
    return plain


class PartForm(forms.Form):
    """A form for one part. No field is required by itself: `part.wrong` says in sentences what is missing, so that
    the form and the action agree. `intro` is a template shown above the fields."""

    intro = ""
    excused: set[str] = set()  # fields whose lack another sentence explains better

    def __init__(self, *args: Any, application: Application, part: Part, **kwargs: Any) -> None:
        self.application, self.part = application, part
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
        self.helper = laid_out(*self.layout())

    def layout(self) -> list[Any]:
        return [Field(name) for name in self.fields]

    def clean(self) -> dict[str, Any]:
        values = self.values()
        for name, sentence in self.part.wrong(self.application, values).items():
            if name not in self.errors and name not in self.excused:
                self.add_error(name if name in self.fields else None, sentence)
        return values

    def values(self) -> dict[str, Any]:
        """What is to be stored, from the cleaned fields."""
        return dict(self.cleaned_data)

    # -- from and to what is kept ------------------------------------------------------------------

    @classmethod
    def initial_of(cls, application: Application, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Stored values as the fields want them."""
        return dict(stored)

    def typed(self) -> dict[str, list[str]]:
        """Everything that was typed into this form, exactly as it was."""
        mine, data = tuple(self.fields), cast("QueryDict", self.data)
        return {key: data.getlist(key) for key in data if key in mine or key.rpartition("_")[0] in mine}

    @classmethod
    def initial_from(cls, application: Application, part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
        """What `parts.shown_values` says, as the fields want it: what is stored, or what was typed."""
        if "typed" not in values:
            return cls.initial_of(application, values["stored"])
        data = QueryDict(mutable=True)
        for key, items in values["typed"].items():
            data.setlist(key, items)
        fields = cls(application=application, part=part).fields
        return {name: field.widget.value_from_datadict(data, MultiValueDict(), name) for name, field in fields.items()}

    @classmethod
    def showing(cls, application: Application, part: Part, values: Mapping[str, Any]) -> "PartForm":
        """An unbound form with what `parts.shown_values` says."""
        return cls(application=application, part=part, initial=cls.initial_from(application, part, values))

    # -- in words ----------------------------------------------------------------------------------

    def rows(self) -> list[tuple[str, str]]:
        """Each question with its answer in words, for “Check your answers” and for comparing two versions."""
        return [(self.row_label(name), self.in_words(name)) for name in self.fields]

    def row_label(self, name: str) -> str:
        return str(self.fields[name].label)

    def in_words(self, name: str) -> str:
        field, value = self.fields[name], self.get_initial_for_field(self.fields[name], name)
        if isinstance(field, forms.ChoiceField):
            choices: Any = flatten_choices(cast("Any", field.choices))
            words = {str(key): str(label) for key, label in choices}
            return "" if value in (None, "") else words.get(str(value), "")
        if isinstance(value, StoredFile):
            return value.in_words
        if isinstance(value, date):
            return day_date(value)
        if isinstance(value, list | tuple):
            return " ".join(str(item) for item in value if item)
        return str(value or "")


def line(label: str, *, longest: int, help_text: str = "", autocomplete: str = "", kind: str = "") -> forms.CharField:
    """One line of text."""
    attrs = {name: value for name, value in (("autocomplete", autocomplete), ("type", kind)) if value}
    return NameInput(
        label=label,
        max_length=longest,
        help_text=help_text,
        error_messages={"max_length": f"Shorten this to {longest} characters."},
        widget=forms.TextInput(attrs=attrs),
    )


def address(label: str, help_text: str = "") -> AddressInput:
    return AddressInput(
        label=label,
        help_text=help_text,
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        error_messages={"invalid": "Enter an email address in the correct format, like name@example.org."},
    )


class RevealingRadios(ConditionalRadios):
    """Dressed as the other questions of the page."""

    def render(self, form: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        with context.push(legend_size=Size.for_legend(Size.MEDIUM)):
            return super().render(form, context, *args, **kwargs)
