"""Writing down what a step changes: every row of our tables, whoever writes it, by one trigger on each table.

with noting(step, subject, by):
    ...             # every row that is made, changed or removed here is noted as it was

The triggers do nothing unless `steps.taking` names the step that is under way, and cost no more than asking for it. They
are put on after each migration (`put_on_triggers`), so that no table is forgotten.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pghistory.models
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from steppingup import clock
from steppingup.accounts.actors import Actor, person

#: Tables that steps write to, and that nothing is restored in, with the reason.
NOT_NOTED = {
    "accounts_attempts": "counts of attempts, which go by themselves",
    "accounts_demonstrationperson": "demonstrations only",
    "applications_equalityresponse": "answers are kept nowhere else",
    "files_storedfile": "a file that nothing refers to is removed after a day",
    "jobs_heartbeat": "processes",
    "messaging_messagesubject": "goes with its message",
    "messaging_remindersent": "what was sent was sent",
    "steps_taking": "this record itself",
    "steps_change": "this record itself",
}
#: Tables of which only the number of a new row is noted.
BARE = {"messaging_message", "jobs_job"}

FUNCTION = """
CREATE OR REPLACE FUNCTION steps_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    is_ jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    number bigint := COALESCE(is_, was) ->> 'id';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, is_ -> o.key) INTO was, is_
          FROM jsonb_each(was) o WHERE o.value IS DISTINCT FROM is_ -> o.key;
        IF was IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    IF TG_ARGV[0] = 'bare' AND TG_OP = 'INSERT' THEN
        is_ := '{}';
    END IF;
    INSERT INTO steps_change (taking_id, "table", key, before, after)
    VALUES (current_setting('steps.taking')::bigint, TG_TABLE_NAME, number, was, is_);
    RETURN NULL;
END
$$;
"""

TRIGGER = """
CREATE TRIGGER steps_note AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
WHEN (COALESCE(current_setting('steps.taking', true), '') <> '') EXECUTE FUNCTION steps_note({how})
"""

BEGIN = """
INSERT INTO steps_taking (step, content_type_id, object_id, name, by_id, by_name, at, reason, for_name, asked_how, asked_why)
VALUES (%s, %s, %s, %s, %s, %s, %s, '', '', '', '') RETURNING id, set_config('steps.taking', id::text, true)
"""
#: A step that changed nothing (pressed twice) leaves nothing.
END = """
SELECT set_config('steps.taking', '', true);
DELETE FROM steps_taking t WHERE id = %s AND NOT EXISTS (SELECT FROM steps_change c WHERE c.taking_id = t.id)
"""

_under_way: ContextVar[int | None] = ContextVar("step_under_way", default=None)


def taking_under_way() -> int | None:
    """The key of the record of the step that is being taken; nothing outside one."""
    return _under_way.get()


def noted_models() -> dict[str, type[models.Model]]:
    """The models whose rows are noted, by their tables."""
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and model._meta.pk.column == "id"
        and not issubclass(model, pghistory.models.Event)
        and not model._meta.app_config.name.startswith(("django.", "allauth.", "pghistory"))
        and not model._meta.proxy
        and model._meta.db_table not in NOT_NOTED
    }


def put_on_triggers(**kwargs: Any) -> None:
    """Put the trigger on every table that has none yet. Running it again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('steps_change') IS NOT NULL")
        if not cursor.fetchone()[0]:  # migrated backwards, or only as far as another app
            return
        cursor.execute(FUNCTION)
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE tgname = 'steps_note'"
        )
        have = {name for (name,) in cursor.fetchall()}
        there = set(connection.introspection.table_names(cursor))
        for table in sorted((set(noted_models()) & there) - have):
            how = "'bare'" if table in BARE else "'whole'"
            cursor.execute(TRIGGER.format(table=connection.ops.quote_name(table), how=how))


@contextmanager
def noting(key: str, subject: models.Model, by: Actor) -> Iterator[None]:
    """Inside the transaction of a step: what it does from here on is written down. A step within a step is part of it."""
    if _under_way.get() is not None:
        yield
        return
    kind, who = ContentType.objects.get_for_model(subject), person(by)
    doer = (who.pk if who else None, "" if who else str(by)[:254])
    values = [key, kind.pk, subject.pk, str(subject)[:200], *doer, clock.now()]
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, values)
        taking = cursor.fetchone()[0]
    before = _under_way.set(taking)
    try:
        yield
    finally:
        _under_way.reset(before)
    with connection.cursor() as cursor:
        cursor.execute(END, [taking])
