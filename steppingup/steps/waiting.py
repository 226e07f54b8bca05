"""What waits for somebody: for each model, the records for which something comes next.

Most of it belongs to a step (`waiting=` of `@step`); what waits for somebody else than a step's button, such as scores that
assessors still owe, is named by `wait_for`. The number on a page and the list that it links to are made by the same `rows`.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

from steppingup.steps.step import Waiting, steps_of

_others: dict[type[models.Model], dict[str, Waiting]] = {}


def wait_for(model: type[models.Model], name: str, waiting: Waiting) -> None:
    """Name something that waits without a step. Raises ValueError for a name that is taken."""
    if name in waiting_of(model):
        raise ValueError(f"Something of {model._meta.label} waits under the name “{name}” already.")
    _others.setdefault(model, {})[name] = waiting


def waiting_of(model: type[models.Model]) -> dict[str, Waiting]:
    """Everything that can wait of this model, by name, in the order of the work."""
    found = {step.name: step.waiting for step in steps_of(model) if step.waiting} | _others.get(model, {})
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def count_all(rows: Sequence[models.QuerySet[Any]]) -> list[int]:
    """How many rows each of these has, in one query."""
    parts: list[str] = []
    values: list[Any] = []
    for one in rows:
        try:
            sql, params = one.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # nothing that this person may see
            sql, params = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        values += params
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone() or ())
