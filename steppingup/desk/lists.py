"""Columns and filters of the staff's lists, as data.

list_display = ("name", "employer")
employer = column("Employer", "agreement__employer_display", ordering="agreement__employer__name")
list_filter = (choose("state", "state", {"open": ("Open", lambda rows: rows.open())}),)
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from steppingup.site.export import Column

Conditions = Mapping[str, tuple[str, Callable[[Any], Any]]]


class Labelled(tuple[str, str]):
    """What decides the colour of a label, and its words: a list takes both, and the page of a record writes the words."""

    __slots__ = ()

    def __str__(self) -> str:
        return self[1]


def column(title: str, source: str | Callable[[Any], Any], ordering: Any = None, colours: Any = None) -> Any:
    """A column of a list, or a line of a record's page, from a path or a function of the row. `colours` make it a label."""
    read = Column(title, source).getter()

    def shown(admin: Any, row: Any) -> Any:
        value = read(row)
        return Labelled(value) if colours and isinstance(value, tuple) else value

    return display(shown, description=title, ordering=ordering, label=colours)


def choose(
    title: str, parameter: str, conditions: Conditions | Callable[[type[Model]], Conditions]
) -> type[DropdownFilter]:
    """A filter by one of some conditions: by its value in the address what each is called, and how it narrows the rows.
    A function works them out from the list's model, when a list is shown."""

    def known(model: type[Model]) -> Conditions:
        return conditions(model) if callable(conditions) else conditions

    def narrow(self: Any, request: Any, rows: Any) -> Any:
        chosen = known(rows.model).get(self.value() or "")
        return chosen[1](rows) if chosen else rows

    def offer(self: Any, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, (label, _) in known(model_admin.model).items()]

    parts = {"title": title, "parameter_name": parameter, "queryset": narrow, "lookups": offer}
    return type("ChosenFilter", (DropdownFilter,), parts)


def one_of(choices: Iterable[tuple[str, Any]], path: str) -> Conditions:
    """Conditions for `choose`: one for each value of a column."""

    def equal(value: str) -> Callable[[Any], Any]:
        return lambda rows: rows.filter(**{path: value})

    return {value: (str(label), equal(value)) for value, label in choices}


class NumberFilter(DropdownFilter):
    """Records by their ids, or numbers: `offered` says which of them this person may choose, `path` leads to them."""

    path: ClassVar[str]

    def offered(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[int, str]]:
        """By default the numbers that occur in the person's own rows."""
        rows = model_admin.get_queryset(request).order_by(self.path)
        return ((number, str(number)) for number in rows.values_list(self.path, flat=True).distinct())

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(number), label) for number, label in self.offered(request, model_admin)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return queryset.filter(**{self.path_from(queryset): value}) if value and value.isdecimal() else queryset

    def path_from(self, queryset: Any) -> str:
        return self.path
