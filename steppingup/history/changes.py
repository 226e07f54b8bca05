"""What was changed on records, in words: pghistory's events, each compared with the one before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pghistory.models
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, models

from steppingup.formats import english


@dataclass(frozen=True)
class Change:
    """“Application “SU-7K3MQ” was changed”, and in which fields from what to what.

    When and by whom, of what has happened; `by` is empty when a clock or a command did it."""

    what: str
    details: list[str]
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True)
class Typed:
    """Columns that keep how somebody was named who was named by an address: the name that was typed with it, and the address,
    where it is not the first of the account. Both are empty on a record that goes by the account. A model says in `typed_names`
    which of its fields has them."""

    name: str
    email: str


#: What related records are called, by their models and keys: each is asked for once.
Names = dict[tuple[type[models.Model], Any], str]


def _shown(event: models.Model, field: models.Field, names: Names) -> str:
    value = getattr(event, field.attname)
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return english.when(value)
    if isinstance(value, list | dict):
        return english.counted(len(value), "entry", "entries")
    typed = _typed_names(event).get(field.name)
    if typed and getattr(event, typed.name):
        return str(getattr(event, typed.name))
    if field.related_model is not None:
        which = (field.related_model, value)
        if which not in names:
            other = field.related_model._base_manager.filter(pk=value).first()
            names[which] = str(other) if other else "something that has been removed"
        return names[which]
    return str(dict(field.flatchoices).get(value, value))


def _typed_names(event: Any) -> dict[str, Typed]:
    """What the account of a person is called who was named by an address is not for every reader."""
    return getattr(event.pgh_tracked_model, "typed_names", {})


def _said(event: Any, before: Any) -> Iterator[models.Field]:
    """The fields in which two events differ, a person and their typed name as one."""
    typed = _typed_names(event)
    kept = {column for one in typed.values() for column in (one.name, one.email)}
    for field in event._meta.fields:
        if field.name.startswith("pgh_") or field.name in kept:
            continue
        names = [field.attname, *((typed[field.name].name,) if field.name in typed else ())]
        if any(getattr(before, name) != getattr(event, name) for name in names):
            yield field


def described(kind: str, events: list[Any], names: Names) -> Iterator[tuple[Any, str, list[str]]]:
    """Events of one object, oldest first: each compared with the one before. What is looked up stays in `names`."""
    for before, event in pairwise([None, *events]):
        if before is None or event.pgh_label == "insert":
            yield event, f"{kind} was created", []
        elif details := [
            f"{str(field.verbose_name).capitalize()}: from {one} to {other}"
            for field, one, other in (
                (f, _shown(before, f, names), _shown(event, f, names)) for f in _said(event, before)
            )
            if one != other or field.name not in _typed_names(event)  # somebody who goes by their account from now on
        ]:
            yield event, f"{kind} was changed", details


EVENTS_SHOWN = 200  # of one record, the newest


def history_of(obj: Any, *related: str) -> list[Change]:
    """Everything that was changed on `obj` and on its related records (names of reverse relations), newest first."""
    found: list[tuple[Any, str, list[str]]] = []
    names: Names = {}
    for source in [obj, *(record for name in related for record in getattr(obj, name).all())]:
        newest = source.events.select_related("pgh_context").order_by("-pgh_id")[:EVENTS_SHOWN]
        kind = str(source._meta.verbose_name).capitalize()
        found += described(kind if source is obj else f"{kind} “{source}”", list(newest)[::-1], names)
    by = {
        id(event): (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None for event, *_ in found
    }
    people = get_user_model()._base_manager.in_bulk({pk for pk in by.values() if pk})
    changes = [
        Change(what, details, event.pgh_created_at, str(people.get(by[id(event)], "")))
        for event, what, details in found
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)  # type: ignore[arg-type, return-value]


#: More records than these are only counted.
MOST = 20


def changes_in(context: Any) -> list[Change]:
    """Everything that one context of the history changed, record by record; of many records, only how many of which kind.

    One query, and a few for each kind of record."""
    # The tables of events, one for each model with a history.
    tracked = [one for one in apps.get_models() if issubclass(one, pghistory.models.Event) and one._meta.managed]
    quote = connection.ops.quote_name
    tables = [quote(model._meta.db_table) for model in tracked]
    parts = [f"SELECT {i}, pgh_obj_id FROM {table} WHERE pgh_context_id = %s" for i, table in enumerate(tables)]
    found: dict[Any, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), [context] * len(parts))
        for number, pk in cursor.fetchall():
            found.setdefault(tracked[number], set()).add(pk)
    if sum(map(len, found.values())) > MOST:
        return [Change(english.counted(len(ids), *_names_of(model)), []) for model, ids in found.items()]
    names: Names = {}
    return [change for model, ids in found.items() for change in _changes_of(model, ids, context, names)]


def _names_of(model: Any) -> tuple[str, str]:
    options = model.pgh_tracked_model._meta
    return str(options.verbose_name), str(options.verbose_name_plural)


def _changes_of(model: Any, ids: set[int], context: Any, names: Names) -> Iterator[Change]:
    subject = model.pgh_tracked_model
    subjects = {one.pk: str(one) for one in subject._base_manager.filter(pk__in=ids).select_related()}
    by_record: dict[int, list[Any]] = {}
    for event in model.objects.filter(pgh_obj__in=ids).order_by("pgh_id"):
        by_record.setdefault(event.pgh_obj_id, []).append(event)
    kind = str(subject._meta.verbose_name)
    for pk, events in by_record.items():
        of = f"{kind[:1].upper()}{kind[1:]} “{subjects.get(pk, '')}”"
        for event, what, details in described(of, events, names):
            # Whether there was an account with an address already is nobody's to see.
            if event.pgh_context_id == context and not (subject is get_user_model() and event.pgh_label == "insert"):
                yield Change(what, details)


RECENT = 50  # events of one record, the newest, in which somebody's change is looked for


def last_change(record: models.Model, name: str = "") -> tuple[str, datetime] | None:
    """Who last changed this field of the record (without one, or for a field with no column: the record), and when. Nothing
    where no history is kept."""
    events = getattr(record, "events", None)
    if events is None or record.pk is None:
        return None
    newest = list(events.select_related("pgh_context").order_by("-pgh_id")[:RECENT])
    columns = {field.name: field.attname for field in record._meta.concrete_fields}
    column = columns.get(name)
    changed = (
        event
        for event, before in pairwise([*newest, None])
        if column is None or before is None or getattr(event, column, None) != getattr(before, column, None)
    )
    found: Any = next(changed, None)
    if found is None:
        return None
    who = (found.pgh_context.metadata or {}).get("user") if found.pgh_context else None
    person = get_user_model()._base_manager.filter(pk=who).first() if who else None
    return str(person or ""), found.pgh_created_at
