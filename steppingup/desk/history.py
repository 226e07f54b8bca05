"""What was changed on a record, by whom and when: pghistory's events, put into words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models

from steppingup.accounts.models import User
from steppingup.formats import english

MOST = 200  # events of one record, the newest


@dataclass(frozen=True)
class Change:
    """`by` is empty when a clock or a command did it."""

    at: datetime
    by: str
    what: str
    details: list[str]


def _shown(event: models.Model, field: models.Field) -> str:
    value = getattr(event, field.attname)
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return english.when(value)
    if field.related_model is not None:
        other = field.related_model._base_manager.filter(pk=value).first()
        return str(other) if other else "something that is gone"
    return str(dict(field.flatchoices).get(value, value))


def _changes(kind: str, events: list[Any]) -> Iterator[tuple[Any, str, list[str]]]:
    """Events of one object, oldest first: each compared with the one before."""
    before = None
    for event in events:
        if before is None or event.pgh_label == "insert":
            yield event, f"{kind} was made", []
        else:
            fields = [f for f in event._meta.fields if not f.name.startswith("pgh_")]
            details = [
                f"{str(f.verbose_name).capitalize()}: from {_shown(before, f)} to {_shown(event, f)}"
                for f in fields
                if getattr(before, f.attname) != getattr(event, f.attname)
            ]
            if details:
                yield event, f"{kind} was changed", details
        before = event


def history_of(obj: models.Model, *related: str) -> list[Change]:
    """Everything that was changed on `obj` and on its related records (names of reverse relations), newest first."""
    found: list[tuple[Any, str, list[str]]] = []
    sources = [obj, *(record for name in related for record in getattr(obj, name).all())]
    for source in sources:
        newest = source.events.select_related("pgh_context").order_by("-pgh_id")[:MOST]
        kind = str(source._meta.verbose_name).capitalize()
        if source is not obj:
            kind = f"{kind} “{source}”"
        found.extend(_changes(kind, list(newest)[::-1]))
    ids = {(event.pgh_context.metadata or {}).get("user") for event, *_ in found if event.pgh_context}
    people = {user.pk: str(user) for user in User.objects.filter(pk__in=[pk for pk in ids if pk])}

    def who(event: Any) -> str:
        user = (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None
        return people.get(user, "") if user else ""

    changes = [Change(event.pgh_created_at, who(event), what, details) for event, what, details in found]
    return sorted(changes, key=lambda change: change.at, reverse=True)
