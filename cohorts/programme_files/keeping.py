"""What is kept of a file: rows are made where they are missing, and changed where that is asked for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction

from cohorts.keys import Keyed
from cohorts.models import CompletionRule
from cohorts.programme_files.tables import Absent, Table, Unreadable, meant
from steppingup.accounts.actors import SYSTEM, Actor, may
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import Permission
from steppingup.history.versions import Versioned

M = TypeVar("M", bound=models.Model)
#: What a row is found by, or belongs to: not a value of its own.
NOT_SAID = ("order", "key")


def _is_frozen(row: models.Model) -> bool:
    """Whether people were judged by it: then a coordinator makes the next version, and no file does."""
    if isinstance(row, CompletionRule):
        return row.cohort.completion_settled_at is not None
    whole = getattr(row, row.key_within) if isinstance(row, Keyed) else row
    return isinstance(whole, Versioned) and whole.is_frozen


def columns_said(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The columns that a file may name: what somebody could fill in, and refers to nothing else."""
    fields: Any = model._meta.concrete_fields
    return [one for one in fields if one.editable and not one.primary_key and not one.is_relation]


class Keeper:
    """Makes rows that are missing; changes those that exist only when told to update, and nobody was judged by them. Counts
    what it did, and collects what the file says wrong.

    `by` is who gives the file. What they may not set is left out, and said in `notes`. `own`: the slug by which the file
    calls its provider, whoever that is here; `folder`: where the files are that it names."""

    def __init__(self, *, update: bool = False, by: Actor = SYSTEM, folder: Path | None = None) -> None:
        self.update, self.by, self.made, self.changed = update, by, 0, 0
        self.folder = folder
        self.own: dict[str, Organisation] = {}
        self.problems: list[str] = []
        #: What was named and is not there. It goes without saying where something else is wrong.
        self.absent: list[str] = []
        self.notes: list[str] = []
        self._open: list[Table] = []
        self.read: set[tuple[type[models.Model], int]] = set()

    @property
    def is_upload(self) -> bool:
        """Given by a person, and not when the site is installed."""
        return self.by is not SYSTEM

    def may(self, permission: Permission, provider: Organisation) -> bool:
        return may(self.by, permission, provider)

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    @contextmanager
    def reading(self, table: Table) -> Iterator[None]:
        """What cannot be read in this table is a problem of the file, and the rest is read on."""
        self._open.append(table)
        try:
            with transaction.atomic():
                yield
        except Absent as found:
            self.absent += found.problems
            table.was_left = True
        except Unreadable as found:
            self._leave(table, *found.problems)
        except ObjectDoesNotExist as missing:
            self.absent.append(table.said(f"It names something that is not there: {missing}"))
            table.was_left = True
        except (ValueError, TypeError, AttributeError, IntegrityError) as wrong:
            self._leave(table, table.said(f"This cannot be: {wrong}"))
        finally:
            self._open.pop()

    def _leave(self, table: Table, *problems: str) -> None:
        table.was_left = True
        self.problems += [one for one in problems if one not in self.problems]

    def organisation(self, slug: str) -> Organisation | None:
        """An organisation that the file names. Of a file that somebody gives, one that is not known here is left out, which is
        noted. Raises DoesNotExist otherwise."""
        if slug in self.own:
            return self.own[slug]
        if not self.is_upload:
            return Organisation.objects.get(slug=slug)
        found = Organisation.objects.filter(slug=slug).first()
        if found is None:
            self.note(f"The organisation “{slug}” is not known here, so what the file says of it was left out.")
        return found

    def row(
        self, model: type[M], key: dict[str, Any], values: Mapping[str, Any] | None = None, *, whole: bool = False
    ) -> M:
        """The row with this key, made with `values` if it is not there. `whole`: what these do not say is as it usually is,
        also of a row that is there.

        Raises Unreadable when there is no such column, or it cannot have this value."""
        given = self._checked(model, key, values or {})
        if whole and self.update:
            usual = {one.name: one.get_default() for one in columns_said(model) if one.name not in (*key, *NOT_SAID)}
            given = usual | given
        manager = model._base_manager
        found, made = manager.get_or_create(**key, defaults=given)
        different = [name for name, value in given.items() if getattr(found, name) != value]
        if self.update and different and not made and not _is_frozen(found):
            manager.filter(pk=found.pk).update(**{name: given[name] for name in different})
            found.refresh_from_db()
            self.changed += 1
        self.made += made
        self.read.add((model, found.pk))
        return found

    def _checked(self, model: type[models.Model], key: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as the columns keep them."""
        place = values if isinstance(values, Table) else self._open[-1] if self._open else None
        said = place.said if place is not None else str
        fields = {one.name: one for one in model._meta.concrete_fields}
        known = [one.name for one in columns_said(model)]
        problems, found = [], {}
        for name, value in {**key, **values}.items():
            field = fields.get(name)
            if field is None or (not field.editable and name not in key):
                problems.append(said(f"“{name}” means nothing here.{meant(name, known)}"))
            elif field.is_relation or (value is None and field.null):
                found[name] = value
            elif isinstance(value, dict | list) and not isinstance(field, models.JSONField):
                problems.append(said(f"“{name}” is one value, not a list or a table."))
            else:
                try:
                    found[name] = field.clean(value, None)
                except ValidationError as wrong:
                    problems.append(said(f"“{name}” cannot be {value!r}: {' '.join(wrong.messages)}"))
        if problems:
            raise Unreadable(*problems)
        return {name: value for name, value in found.items() if name not in key}
