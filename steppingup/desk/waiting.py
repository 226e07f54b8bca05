"""What waits for somebody, on the admin's first page: a number in words that leads to the list with just these rows."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from steppingup.desk.to_do import TEMPLATE, ToDo, waiting
from steppingup.site.sections import Section, add_section
from steppingup.steps.waiting import count_all, waiting_of


class NextFilter(DropdownFilter):
    """Narrows a list to the rows for which one thing comes next. Every SteppedAdmin has it where something can wait."""

    title = "next step"
    parameter_name = "next"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, one.many[:1].upper() + one.many[1:]) for name, one in waiting_of(model_admin.model).items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = waiting_of(queryset.model).get(self.value() or "")
        return found.rows(queryset) if found else queryset


def to_do_of(rows: Sequence[QuerySet[Any]], query: str = "") -> list[ToDo]:
    """A line for each thing that waits among these rows. `query` narrows the lists to the same rows (“cohort=3”)."""
    lines = [(one, name, waits) for one in rows for name, waits in waiting_of(one.model).items()]
    numbers = count_all([waits.rows(one) for one, _, waits in lines])
    return [
        ToDo(
            number,
            waits.one,
            waits.many,
            admin_urlname(one.model._meta, "changelist"),
            "&".join(filter(None, (f"next={name}", query))),
        )
        for number, (one, name, waits) in zip(numbers, lines, strict=True)
    ]


def show_on_first_page(key: str, title: str, order: int, *models: type[Model]) -> None:
    """Add the card of these models to Today: what waits of the rows that a person may see, in the order of the work."""

    def context(*, subject: Any, viewer: Any) -> dict[str, Any] | None:
        return waiting(*to_do_of([model._default_manager.visible_to(viewer) for model in models]))  # type: ignore[attr-defined]

    add_section(Section("dashboard", key, order, TEMPLATE, context, title))
