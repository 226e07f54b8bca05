"""What was changed on a record, by whom and when: pghistory's events, put into words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from steppingup.accounts.models import User
from steppingup.history.changes import described

MOST = 200  # events of one record, the newest


@dataclass(frozen=True)
class Change:
    """`by` is empty when a clock or a command did it."""

    at: datetime
    by: str
    what: str
    details: list[str]


def history_of(obj: models.Model, *related: str) -> list[Change]:
    """Everything that was changed on `obj` and on its related records (names of reverse relations), newest first."""
    found: list[tuple[Any, str, list[str]]] = []
    sources = [obj, *(record for name in related for record in getattr(obj, name).all())]
    for source in sources:
        newest = source.events.select_related("pgh_context").order_by("-pgh_id")[:MOST]
        kind = str(source._meta.verbose_name).capitalize()
        if source is not obj:
            kind = f"{kind} “{source}”"
        found.extend(described(kind, list(newest)[::-1]))
    ids = {(event.pgh_context.metadata or {}).get("user") for event, *_ in found if event.pgh_context}
    people = {user.pk: str(user) for user in User.objects.filter(pk__in=[pk for pk in ids if pk])}

    def who(event: Any) -> str:
        user = (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None
        return people.get(user, "") if user else ""

    changes = [Change(event.pgh_created_at, who(event), what, details) for event, what, details in found]
    return sorted(changes, key=lambda change: change.at, reverse=True)
