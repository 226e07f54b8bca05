"""What waits for somebody, on the admin's first page: a number in words that leads to the list with just these rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.text import capfirst

from steppingup.desk.lists import choose
from steppingup.site.sections import Section, add_section
from steppingup.steps.waiting import count_all, waiting_of

#: Narrows a list to the rows for which one thing comes next. Every SteppedAdmin has it where something can wait.
NextFilter = choose(
    "next step",
    "next",
    lambda model: {name: (capfirst(one.many), one.rows) for name, one in waiting_of(model).items()},
)


@dataclass(frozen=True)
class ToDo:
    """How many wait, in words that go on after the number (“3 invoices are overdue”), and the list of just these rows."""

    number: int
    words: str
    url: str
    #: What comes next: the model and the name of the step (or of what waits for somebody else).
    model: Any = None
    name: str = ""


#: What has a card on Today, in the order of the work.
_shown: dict[type[Model], int] = {}


def models_that_wait() -> list[type[Model]]:
    """The models of which something may wait, in the order of the work."""
    return sorted(_shown, key=lambda model: _shown[model])


def to_do_of(rows: Sequence[QuerySet[Any]], query: str = "") -> list[ToDo]:
    """A line for each thing that waits among these rows. `query` narrows the lists to the same rows (“cohort=3”)."""
    lines = [(one, name, waits) for one in rows for name, waits in waiting_of(one.model).items()]
    numbers = count_all([waits.rows(one) for one, _, waits in lines])
    return [
        ToDo(
            number,
            waits.one if number == 1 else waits.many,
            f"{reverse(admin_urlname(one.model._meta, 'changelist'))}?{'&'.join(filter(None, (f'next={name}', query)))}",
            one.model,
            name,
        )
        for number, (one, name, waits) in zip(numbers, lines, strict=True)
    ]


def show_on_first_page(key: str, title: str, order: int, *models: type[Model]) -> None:
    """Add the card of these models to Today: what waits of the rows that a person may see, in the order of the work."""

    def context(*, subject: Any, viewer: Any) -> dict[str, Any] | None:
        lines = to_do_of([model._default_manager.visible_to(viewer) for model in models])  # type: ignore[attr-defined]
        found = [line for line in lines if line.number]
        return {"to_do": found} if found else None

    _shown.update(dict.fromkeys(models, order))
    add_section(Section("dashboard", key, order, "admin/components/to_do.html", context, title))
