"""Migrations of many operations that take seconds, not minutes."""

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.utils.functional import cached_property
from pgtrigger.migrations import AddTrigger, RemoveTrigger

#: What may be applied with others, each to one model; anything else (SQL, Python, new names) is applied by itself.
TOGETHER = (
    *(migrations.CreateModel, migrations.AddField, migrations.AlterField, migrations.RemoveField),
    *(migrations.AddConstraint, migrations.RemoveConstraint, migrations.AlterConstraint),
    *(migrations.AddIndex, migrations.RemoveIndex, migrations.AlterModelOptions, AddTrigger, RemoveTrigger),
)


def _touched(operation: Operation) -> tuple[str, str]:
    """The model, and what of it: a field, a constraint, an index, a trigger, or itself."""
    parts = (getattr(operation, kind, None) for kind in ("trigger", "constraint", "index"))
    part: Any = next(filter(None, parts), operation)
    model: Any = operation
    return getattr(model, "model_name_lower", "") or model.name_lower, part.name


def runs(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Consecutive operations that can be applied between two states: nothing is touched twice, nor a model that was only
    just made."""
    run: list[Operation] = []
    touched: set[tuple[str, str]] = set()
    made: set[str] = set()
    for operation in operations:
        fits = isinstance(operation, TOGETHER)
        here = _touched(operation) if fits else ("", "")
        if run and (not fits or here in touched or here[0] in made):
            yield run
            run, touched, made = [], set(), set()
        if not fits:
            yield [operation]
            continue
        run.append(operation)
        touched.add(here)
        if isinstance(operation, migrations.CreateModel):
            made.add(here[0])
    if run:
        yield run


@cache
def _worked_out(kinds: tuple[type, ...]) -> frozenset[str]:
    """What a field of these classes finds out once and remembers."""
    names = (name for one in kinds for name, value in vars(one).items() if isinstance(value, cached_property))
    return frozenset(names)


def _copied(field: Field) -> Field:
    """The field as it was before it belonged to a model, and after all that there are."""
    found: Any = copy.deepcopy(field)  # of its relation too, and of nothing else
    for name in vars(found).keys() & _worked_out(type(found).__mro__):
        delattr(found, name)
    if "base_field" in vars(found):  # of an array: it takes its field's model for its own
        found.base_field = _copied(found.base_field)
    found.creation_counter = Field.creation_counter
    Field.creation_counter += 1
    return found


@contextmanager
def fields_copied() -> Iterator[None]:
    """Django writes down how each field was made and makes it anew, whenever a model is rendered: half of all the time. A copy is
    the same."""
    clone = Field.clone
    Field.clone = _copied  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Field.clone = clone  # type: ignore[method-assign]


class SchemaChanges(migrations.Migration):
    """Django's own operations, with the models rendered once for each run of them.

    Django renders each model anew that is related to the one an operation touched, and here all are, through the person: forty
    thousand renderings for an empty database, ten thousand for a year's changes to one with people in it."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        with fields_copied():
            return self._apply(project_state, schema_editor)

    def _apply(self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor) -> ProjectState:
        state = project_state
        for run in runs(self.operations):
            before, state = state, state.clone()
            if isinstance(run[0], TOGETHER):
                vars(state).pop("apps", None)  # rendered anew by the first that asks, with all of them
            for operation in run:
                operation.state_forwards(self.app_label, state)
            for operation in run:
                operation.database_forwards(self.app_label, schema_editor, before, state)
        return state
