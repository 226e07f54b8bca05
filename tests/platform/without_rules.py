"""A programme with texts and no rules yet, in an old database: there may have been one before texts became those of the rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def texts_without_rules() -> Iterator[None]:
    """Just before texts of programmes become those of their rules, there is one that has no rules yet."""
    apply = MigrationExecutor.apply_migration

    def applied(executor: MigrationExecutor, state: Any, migration: Any, *more: Any, **given: Any) -> Any:
        if (migration.app_label, migration.name) == ("cohorts", "0041_texts_of_the_rules"):
            begin_a_programme_without_rules()
        return apply(executor, state, migration, *more, **given)

    with mock.patch.object(MigrationExecutor, "apply_migration", applied):
        yield


LATER = {"name": "Later", "slug": "later", "who_can_apply": "Anybody.", "how_it_is_funded": "By a fund."}


def begin_a_programme_without_rules() -> None:
    """For the rest like another one, and among those that were there formerly."""
    here, formerly = (columns(where)["cohorts_programme"] for where in ("public", "formerly"))
    like, shared = ", ".join(sorted(here - {"id", *LATER})), ", ".join(sorted(here & formerly))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cohorts_programme ({', '.join(LATER)}, {like}) SELECT %s, %s, %s, %s, {like} "
            "FROM cohorts_programme ORDER BY id LIMIT 1 RETURNING id",
            list(LATER.values()),
        )
        cursor.execute(
            f"INSERT INTO formerly.cohorts_programme ({shared}) SELECT {shared} FROM cohorts_programme WHERE id = %s",
            cursor.fetchone(),
        )
        cursor.execute(
            "SELECT count(*) FROM cohorts_programme WHERE id NOT IN (SELECT programme_id FROM cohorts_ruleset)"
        )
        assert cursor.fetchone() == (1,)


def columns(where: str) -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s", [where]
        )
        found: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    return found
