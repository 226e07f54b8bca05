"""Rules that people are judged by, in numbered versions: whoever began keeps the version that they began with.

A version is open to changes until somebody begins with it; from then on it is frozen, and a change makes the next one.
PostgreSQL keeps it so: it writes `frozen_at` when the first person begins, and refuses to change what is frozen.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeVar

import pgtrigger
from django.db import models, transaction

from steppingup import clock
from steppingup.history.lifecycle import refuse_if

V = TypeVar("V", bound="Versioned")
#: From the old rows of each model of parts to the new ones.
Copies = dict[type[models.Model], dict[int, Any]]


class Versioned(models.Model):
    """One version of something. `parts` names the relations to the rows that belong to it and are copied with it; `is_copy`
    says while it is saved that it gets the parts of another."""

    parts: Sequence[str] = ()
    is_copy = False

    version = models.PositiveSmallIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)
    successor = models.OneToOneField("self", null=True, editable=False, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        abstract = True

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    @property
    def is_current(self) -> bool:
        """Whether it holds for whoever begins next."""
        return self.replaced_at is None

    def newest(self) -> Self:
        """The version that holds now."""
        found: Any = self
        while found.successor:
            found = found.successor
        return found

    @classmethod
    def held(cls, pk: int) -> Self:
        """The version as it is now, held until the transaction ends, so that nobody begins with it meanwhile."""
        return cls._base_manager.select_for_update(of=("self",)).get(pk=pk)


def copied(row: models.Model, **changed: Any) -> Any:
    """A new row with the same columns but its id, and `changed`; not saved yet."""
    columns = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{name: getattr(row, name) for name in columns} | changed)


def take_over(obj: Versioned, new: Versioned) -> None:
    """Let the object be the new version from now on, with what was typed into it."""
    for name in ("pk", "version", "made_at", "frozen_at", "replaced_at", "successor_id"):
        setattr(obj, name, getattr(new, name))


@transaction.atomic
def next_version(old: V) -> tuple[V, Copies]:
    """The next version, a copy of `old` with all its parts, which holds from now on; and the copy of each part.

    Raises NotPossible when `old` was replaced already: two people began to change it at once."""
    old = type(old).held(old.pk)
    refuse_if(
        not old.is_current,
        "Somebody else has just made a new version of this. Open that one to make your changes.",
        "replaced",
    )
    now = clock.now()
    # Replaced first: only one version holds at a time.
    type(old)._base_manager.filter(pk=old.pk).update(replaced_at=now)
    new, copies = _with_parts(old, version=old.version + 1, made_at=now)
    type(old)._base_manager.filter(pk=old.pk).update(successor=new)
    return new, copies


@transaction.atomic
def copy_of(old: V, **changed: Any) -> tuple[V, Copies]:
    """Something new that begins as this version is, with copies of all its parts, and has nothing more to do with it."""
    return _with_parts(old, version=1, made_at=clock.now(), replaced_at=None, successor_id=None, **changed)


def _with_parts(old: V, **changed: Any) -> tuple[V, Copies]:
    new = copied(old, frozen_at=None, **changed)
    new.is_copy = True
    new.save(force_insert=True)
    copies: Copies = {}
    for name in old.parts:
        relation: Any = getattr(old, name)
        found = copies[relation.model] = {}
        for row in relation.order_by("pk"):
            found[row.pk] = copied(row, **{relation.field.attname: new.pk})
            found[row.pk].save(force_insert=True)
    return new, copies


def carried_on(old: Versioned, part: type[models.Model], column: str) -> dict[int, int]:
    """From the parts of this kind that a replaced version has to their copies in the newest, also those that were removed or
    changed since: copies are made in the order of the parts, and the history keeps what was made. `column` leads from a
    part to its version."""
    manager: Any = part._base_manager
    found: dict[int, int] = {pk: pk for pk in manager.filter(**{column: old.pk}).values_list("pk", flat=True)}
    while old.successor:
        parts = manager.filter(**{column: old.pk}).order_by("pk").values_list("pk", flat=True)
        made = _made_in(part, {column: old.successor.pk})
        copies = dict(zip(parts, made, strict=False))
        found = {first: copies[last] for first, last in found.items() if last in copies}
        old = old.successor
    return found


def _made_in(part: type[models.Model], where: dict[str, int]) -> list[int]:
    """The keys of the rows that were ever made there, in that order; without a history, of those that are still there."""
    if not hasattr(part, "events"):
        return list(part._base_manager.filter(**where).order_by("pk").values_list("pk", flat=True))
    made: Any = part._meta.get_field("events").related_model
    found = made._base_manager.filter(**where, pgh_label="insert").order_by("pgh_id")
    return list(found.values_list("pgh_obj_id", flat=True))


class CopiedOnWrite(Versioned):
    """A version without parts. Once it is frozen, saving a change of what people were judged by (`judged_by`) makes the next
    version, which this object is from then on: whoever writes it, a form or an import."""

    judged_by: ClassVar[Sequence[str]] = ()

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and self.is_frozen:
            columns = [self._meta.get_field(name).attname for name in self.judged_by]  # type: ignore[union-attr]
            stands = type(self).held(self.pk)
            if any(getattr(self, name) != getattr(stands, name) for name in columns):
                new, _ = next_version(stands)
                take_over(self, new)
                kwargs["update_fields"] = None
        super().save(*args, **kwargs)


def frozen_with(parent: str, table: str, sentence: str) -> pgtrigger.Trigger:
    """For the parts of a version: they are not added, changed or removed once their version is frozen. `parent` is the
    column that leads to it, `table` its table."""
    return pgtrigger.Trigger(
        name="frozen_with_its_version",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("moment", "timestamptz")],
        # Whoever begins writes the version's row: the share lock waits for them, and then sees what they wrote.
        func=f"""
            IF TG_OP <> 'INSERT' THEN
                SELECT frozen_at INTO moment FROM {table} WHERE id = OLD.{parent} FOR SHARE;
            END IF;
            IF moment IS NULL AND TG_OP <> 'DELETE' THEN
                SELECT frozen_at INTO moment FROM {table} WHERE id = NEW.{parent} FOR SHARE;
            END IF;
            IF moment IS NOT NULL THEN
                RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def begins_with(name: str, table: str, column: str) -> pgtrigger.Trigger:
    """For the rows by which somebody begins: the first one freezes its version, which `column` leads to in `table`."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            UPDATE {table} SET frozen_at = now() WHERE id = NEW.{column} AND frozen_at IS NULL;
            RETURN NULL;
        """,
    )
