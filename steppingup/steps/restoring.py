"""Putting back what a step changed: every column of every row as it was, unless something stands against it.

keep(Commitment, made=give_back_again)      # rows that are never removed: an entry of the opposite sign
keep(FundingSource, sums={"committed"})     # columns that count such entries
keep(Offer, check=still_open)               # what must be true of a row that comes back

A row that was changed since, in a column that the step changed, stands against it: whatever came later goes back first.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

import pgtrigger
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from steppingup.accounts.actors import Actor
from steppingup.history.guards import Follows, MoveGuard
from steppingup.history.lifecycle import NotPossible
from steppingup.history.versions import Versioned
from steppingup.steps.models import Taking
from steppingup.steps.noting import noted_models


@dataclass
class Back:
    """A step that is being taken back: by whom and why; and what cannot come back, in sentences."""

    taking: Taking
    by: Actor
    reason: str
    lost: list[str] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    #: Was it a mistake of ours?
    is_mistake: bool = True
    #: What the step told people: the rows of the outbox.
    messages: list[Any] = field(default_factory=list)
    #: The apps of which nothing came back.
    without: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Keeper:
    """How rows of one model come back where they do not simply become what they were.

    `made(row, back)` stands in the place of removing a row that the step made. `sums` are columns that count other rows, and
    are neither compared nor put back. `lock(row, back)` is called before anything else is locked. `check(row, back)` raises
    NotPossible when the row cannot be as it was. Rows of an app that `may_stay_out` do without where they cannot come back:
    the sentence is said, and all else comes back. `unless` says for the document what does not come back, or when."""

    made: Callable[[Any, Back], None] | None = None
    sums: frozenset[str] = frozenset()
    lock: Callable[[Any, Back], None] | None = None
    check: Callable[[Any, Back], None] | None = None
    unless: str = ""


_keepers: dict[type[models.Model], Keeper] = {}
_may_stay_out: dict[str, str] = {}
_after: dict[type[models.Model], Callable[[Any, Back], None]] = {}


def keep(model: type[models.Model], *, sums: Iterable[str] = (), **how: Any) -> None:
    """Say how rows of a model come back. Raises ValueError when that was said before."""
    keeper = Keeper(sums=frozenset(sums), **how)
    if _keepers.setdefault(model, keeper) is not keeper:
        raise ValueError(f"How {model._meta.label} comes back was said before.")


def not_coming_back() -> dict[type[models.Model], str]:
    """What does not come back, or when, by model: in words."""
    return {model: keeper.unless for model, keeper in _keepers.items() if keeper.unless}


def may_stay_out(app: str, words: str) -> None:
    """What an app keeps may be lost without stopping the rest; `words` begin the sentence that says so."""
    _may_stay_out[app] = words


def after_taking_back(model: type[models.Model], then: Callable[[Any, Back], None]) -> None:
    """What else is done for the record on whose page the step stands, once everything is as it was."""
    _after[model] = then


@dataclass
class Row:
    """What one step made of one row altogether. `before` and `after` are JSON: the columns that differ, or all of them."""

    model: type[models.Model]
    key: int
    kind: str  # made, changed, removed
    before: str
    after: str

    @property
    def table(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)

    @property
    def keeper(self) -> Keeper:
        return _keepers.get(self.model, Keeper())

    def load(self) -> Any:
        return self.model._base_manager.filter(pk=self.key).first()


#: Of each row the first value that a column had and the last that it got, in the order in which rows were last touched.
NET = """
WITH parts AS (
    SELECT id, "table", key, before IS NULL AS made, after IS NULL AS removed, before, after
      FROM steps_change WHERE taking_id = %s
), rows AS (
    SELECT "table", key, (array_agg(made ORDER BY id))[1] AS made, (array_agg(removed ORDER BY id DESC))[1] AS removed,
           min(id) AS first, max(id) AS last
      FROM parts GROUP BY "table", key
)
SELECT r."table", r.key, r.made, r.removed,
       (SELECT jsonb_object_agg(e.key, e.value ORDER BY p.id DESC)
          FROM parts p, jsonb_each(p.before) e WHERE (p."table", p.key) = (r."table", r.key))::text,
       (SELECT jsonb_object_agg(e.key, e.value ORDER BY p.id)
          FROM parts p, jsonb_each(p.after) e WHERE (p."table", p.key) = (r."table", r.key))::text
  FROM rows r WHERE NOT (r.made AND r.removed) ORDER BY r.last DESC
"""


def rows_of(taking: Taking) -> list[Row]:
    """What the step did to each row, the last one first. Raises NotPossible when that is not kept (any more)."""
    known = noted_models()
    with connection.cursor() as cursor:
        cursor.execute(NET, [taking.pk])
        found = cursor.fetchall()
    if not found:
        raise NotPossible("This was too long ago: what is needed to take it back is no longer kept.", "too_old")
    return [
        Row(known[table], key, "made" if made else "removed" if removed else "changed", before or "{}", after or "{}")
        for table, key, made, removed, before, after in found
        if table in known
    ]


def restore(back: Back, rows: list[Row]) -> None:
    """Put all of them back. Raises NotPossible when something stands against it; what may stay out is said in `back.lost`."""
    back.rows = rows
    for row in rows:
        if row.keeper.lock is not None:
            row.keeper.lock(row, back)
    # Of the app whose step it is everything comes back, or nothing: without it the step would only be called taken back.
    apps = {row.model._meta.app_label for row in rows} & set(_may_stay_out) - {back.taking.content_type.app_label}
    apps -= _inseparable(rows, apps)
    # What may stay out comes first, in a savepoint: the rest must not be half done when that is found out.
    for app in sorted(apps):
        own = [row for row in rows if row.model._meta.app_label == app]
        try:
            with transaction.atomic():
                put_back(back, own)
        except NotPossible as why:
            back.without.add(app)
            back.lost.append(f"{_may_stay_out[app]} {why}")
    put_back(back, [row for row in rows if row.model._meta.app_label not in apps])


def _inseparable(rows: list[Row], apps: set[str]) -> set[str]:
    """Those of which the step made something that belongs to what it made elsewhere: that cannot stay when the other goes."""
    made = {
        (row.model._meta.db_table, row.key)
        for row in rows
        if row.kind == "made" and row.model._meta.app_label not in apps
    }
    return {
        row.model._meta.app_label
        for row in rows
        if row.kind == "made" and row.model._meta.app_label in apps
        for name, value in json.loads(row.after).items()
        if isinstance(value, int) and (_leads_to(row.model, name), value) in made
    }


def _leads_to(model: type[models.Model], column: str) -> str:
    """The table that a column refers to; nothing where it refers to none."""
    found = (one for one in model._meta.concrete_fields if one.column == column and one.remote_field)
    return next((one.related_model._meta.db_table for one in found), "")  # type: ignore[union-attr]


def put_back(back: Back, rows: list[Row]) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for row in reversed(rows):  # in the order in which the step took hold of them
                _require_unchanged(cursor, row, back)
            # Of what has versions only one holds at a time: a new one goes before the earlier holds again.
            for row in sorted(rows, key=lambda row: not (row.kind == "made" and issubclass(row.model, Versioned))):
                with ExitStack() as stack:
                    _look_away(stack, row.model)
                    _undo(cursor, row, back)
            # Deferred constraints speak now, where their sentence can be shown.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for row in rows:
                if row.keeper.check is not None and (found := row.load()) is not None:
                    row.keeper.check(found, back)
    except (IntegrityError, DatabaseError) as error:
        raise NotPossible(_against(error), "stands_against") from error


def _look_away(stack: ExitStack, model: type[models.Model]) -> None:
    """Tables of moves and frozen columns say what may be done anew, and some triggers write what follows; here a row becomes
    what it was. Rules stay awake."""
    guards = [
        trigger.get_uri(cast("Any", model))
        for of, trigger in pgtrigger.registered()
        if of is model and isinstance(trigger, pgtrigger.Protect | pgtrigger.FSM | Follows | MoveGuard)
    ]
    if guards:
        stack.enter_context(pgtrigger.ignore(*guards))


def _require_unchanged(cursor: Any, row: Row, back: Back) -> None:
    if row.kind == "removed" or row.after == "{}" or (row.kind == "made" and row.keeper.made):
        return
    table = row.table
    cursor.execute(f"SELECT FROM {table} WHERE id = %s FOR UPDATE", [row.key])
    if cursor.fetchone() is None:
        raise NotPossible(_since(row, back, "has been removed since"), "changed_since")
    cursor.execute(
        f"SELECT e.key FROM {table} t, jsonb_each(%s::jsonb) e WHERE t.id = %s AND e.value IS DISTINCT FROM to_jsonb(t) -> e.key",
        [row.after, row.key],
    )
    if {name for (name,) in cursor.fetchall()} - row.keeper.sums:
        raise NotPossible(_since(row, back, "has been changed since"), "changed_since")


def _since(row: Row, back: Back, what: str) -> str:
    """What came after it, with the step that did it where there was one."""
    later = (
        Taking.objects.standing()
        .filter(pk__gt=back.taking.pk, changes__table=row.model._meta.db_table, changes__key=row.key)
        .order_by("-pk")
        .first()
    )
    if later:
        return f"{later.in_words} came after it. Take that back first."
    return f"The {row.model._meta.verbose_name} {what}, so this cannot be taken back."


def _undo(cursor: Any, row: Row, back: Back) -> None:
    if row.kind == "made":
        if row.keeper.made is not None:
            if (found := row.load()) is not None:
                row.keeper.made(found, back)
        else:
            cursor.execute(f"DELETE FROM {row.table} WHERE id = %s", [row.key])
    elif row.kind == "removed":
        cursor.execute(
            f"INSERT INTO {row.table} SELECT * FROM jsonb_populate_record(NULL::{row.table}, %s::jsonb)", [row.before]
        )
    else:
        cursor.execute("SELECT jsonb_object_keys(%s::jsonb)", [row.before])
        names = sorted({name for (name,) in cursor.fetchall()} - row.keeper.sums)
        columns = ", ".join(connection.ops.quote_name(name) for name in names)
        if columns:
            cursor.execute(
                f"UPDATE {row.table} SET ({columns}) = "
                f"(SELECT {columns} FROM jsonb_populate_record(NULL::{row.table}, %s::jsonb)) WHERE id = %s",
                [row.before, row.key],
            )


def _against(error: DatabaseError) -> str:
    """A sentence for what the database said: its rules have sentences of their own."""
    diagnosis = getattr(error.__cause__, "diag", None)
    said, table = getattr(diagnosis, "message_primary", "") or "", getattr(diagnosis, "table_name", "") or ""
    model = noted_models().get(table)
    name = str(model._meta.verbose_name) if model else "record"
    if getattr(error.__cause__, "pgcode", "") == "23503":  # a foreign key
        return f"Since then something has been entered that belongs to it ({name}), so it cannot be taken back."
    if said.endswith("."):
        return said
    return f"Since then something has been entered that cannot stand beside it ({name}), so it cannot be taken back."


def then(back: Back) -> None:
    """What else is done for the record, once all is back."""
    subject = back.taking.subject
    if subject is not None and type(subject) in _after:
        _after[type(subject)](subject, back)
