"""The boxes of a form as a browser sends them, so that what stood on a page, what stands now and what was typed can be
compared, whatever kind of box it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import Truncator

from steppingup.formats import english

#: What a browser sends for one box: the end of each name (a day and its time have two), with the values under it.
Values = dict[str, list[str]]
SHOWN = 200  # characters of a long text; the whole of it stands in its box
#: What two people can write in two ways and mean the same: “2500” and “2500.00”.
WRITTEN_IN_WAYS = forms.IntegerField | forms.DateField | forms.TimeField | forms.DateTimeField
#: What belongs to a row and not to those who fill it in.
OF_THE_ROW = ("DELETE", "ORDER")


def sent_by(widget: Any, value: Any, end: str = "") -> Values:
    """What a browser sends for a box that shows this value."""
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    if isinstance(widget, forms.MultiWidget):
        several: Any = widget
        parts = value if isinstance(value, list | tuple) else widget.decompress(value)
        found: Values = {}
        for inner, name, part in zip(several.widgets, several.widgets_names, parts or [], strict=False):
            found |= sent_by(inner, part, end + name)
        return found
    if isinstance(widget, forms.FileInput):
        return {end: [str(value)] if value else []}
    if isinstance(widget, forms.CheckboxInput):
        return {end: ["on"] if widget.check_test(value) else []}
    shown = widget.format_value(value)
    return {end: [str(one) for one in (shown if isinstance(shown, list | tuple) else [shown]) if one is not None]}


def bare(values: Values) -> Values:
    """Without what a browser adds or leaves out: ends of lines, empty values, the order of what is ticked."""
    tidy = {end: sorted(one.replace("\r\n", "\n").strip() for one in given) for end, given in values.items()}
    return {end: [one for one in given if one] for end, given in tidy.items() if any(given)}


@dataclass(frozen=True)
class Box:
    """One field of a form that nobody has filled in yet: it shows what the record has now."""

    form: Any
    name: str

    @property
    def field(self) -> Any:
        return self.form.fields[self.name]

    @property
    def html_name(self) -> str:
        return str(self.form.add_prefix(self.name))

    @property
    def label(self) -> str:
        text = str(self.form[self.name].label or self.name)
        return text if text[1:2].isupper() else text[:1].lower() + text[1:]

    @property
    def sent(self) -> Values:
        return sent_by(self.field.widget, self.form[self.name].value())

    @property
    def is_file(self) -> bool:
        return isinstance(self.field.widget, forms.FileInput)

    def typed(self, row: Values, files: Iterable[str], was: Values) -> Values:
        """What was sent for it: `row` has every name that was sent by its end after that of the form, `files` the names of
        uploads. A file that was not chosen anew is the one that stood there."""
        if self.is_file:
            kept = row.get(f"{self.name}-kept", [""])[0]
            if self.name in files or (kept and self.field.has_changed(self.form[self.name].initial, kept)):
                return {"": ["a file that you chose"]}
            return {} if row.get(f"{self.name}-clear") else was
        got = {end: row.get(self.name + end, []) for end in self.sent}
        widget = self.field.widget
        return {end: ["on"] if given else [] for end, given in got.items()} if _is_tick(widget) else got

    def are_same(self, one: Values, other: Values) -> bool:
        """Do both mean the same?"""
        if bare(one) == bare(other):
            return True
        if not isinstance(self.field, WRITTEN_IN_WAYS | forms.MultiValueField):
            return False
        try:
            return bool(self._read(one) == self._read(other))
        except (ValidationError, ValueError, TypeError):
            return False

    def _read(self, values: Values) -> Any:
        data = QueryDict(mutable=True)
        for end, given in values.items():
            data.setlist(self.name + end, given)
        value = self.field.widget.value_from_datadict(data, {}, self.name)
        return self.field.clean(value) if isinstance(self.field, forms.MultiValueField) else self.field.to_python(value)

    def said(self, values: Values) -> str:
        """The value in words: “£2,500”, “12 February 2020”, “yes”."""
        raw = " ".join(one for given in bare(values).values() for one in given)
        if self.is_file:
            return raw.rpartition("/")[2] or "nothing"
        try:
            read = self._read(values)
        except (ValidationError, ValueError, TypeError):
            return f"“{Truncator(raw).chars(SHOWN)}”" if raw else "nothing"
        return self._in_words(read, raw)

    def _in_words(self, value: Any, raw: str) -> str:
        field = self.field
        if isinstance(value, bool):
            return "yes" if value else "no"
        if value in (None, "", []):
            return "nothing"
        if hasattr(field, "label_from_instance"):
            several = [value] if not hasattr(value, "__iter__") or isinstance(value, str) else list(value)
            return english.listed([str(field.label_from_instance(one)) for one in several]) or "nothing"
        if isinstance(value, date):
            return english.when(value)
        if isinstance(value, time):
            return english.clock(value)
        if isinstance(value, Decimal):
            is_money = "pound" in f"{field.help_text} {field.label}".lower()
            return english.pounds(value) if is_money else f"{value.normalize():f}"
        if isinstance(field, forms.ChoiceField):
            names = {str(key): str(name) for key, name in _flat(field.choices)}
            return english.listed(
                [names.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value])]
            )
        return raw if isinstance(value, int) else f"“{Truncator(raw).chars(SHOWN)}”"


def _is_tick(widget: Any) -> bool:
    return isinstance(getattr(widget, "widget", widget), forms.CheckboxInput)


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for key, name in choices:
        yield from name if isinstance(name, list | tuple) else [(key, name)]


def boxes_of(form: Any, *besides: str) -> dict[str, Box]:
    """Every box of a form that shows something of its record, by the name of its field: not what is hidden, what begins with
    something new each time, such as today, or what is only suggested (`suggests` of a StepForm)."""
    besides = (*OF_THE_ROW, *getattr(form, "suggests", ()), *besides)
    return {
        name: Box(form, name)
        for name, field in form.fields.items()
        if not (field.disabled or field.widget.is_hidden or name in besides)
        and (name in form.initial or not callable(field.initial))
    }
