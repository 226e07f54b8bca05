"""What all tables hold, in one number for each: whether anything has changed is asked thousands of times, what has changed hardly
ever. The database reads and plans the statement, which is as long as there are tables, once for each connection."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import connection

Ledgers = Mapping[str, tuple[str, tuple[str, ...]]]

_prepared: dict[str, int] = {}


def fingerprints(
    name: str,
    is_read: Callable[[str], bool],
    ledgers: Ledgers | None = None,
    rise: Mapping[str, str] | None = None,
) -> Collection[tuple[Any, ...]]:
    """Table, number of rows and a sum over them, of every table that is read; of ledgers the balances that are not nothing, and without
    the column of a table that only rises.

    `name` stands for the rest."""
    with connection.cursor() as cursor:
        process = connection.connection.info.backend_pid
        if _prepared.get(name) != process:
            tables = [table for table in connection.introspection.table_names(cursor) if is_read(table)]
            parts = [
                _of_rows(table, *(ledgers or {}).get(table, ("", ())), but=(rise or {}).get(table, ""))
                for table in tables
            ]
            cursor.execute(f"PREPARE {name} AS " + " UNION ALL ".join(parts))
            _prepared[name] = process
        cursor.execute(f"EXECUTE {name}")
        return sorted(cursor.fetchall())


def _of_rows(table: str, what: str, by: tuple[str, ...], *, but: str) -> str:
    rows = f"(SELECT to_jsonb(one) - '{but}' FROM \"{table}\" one)" if but else f'"{table}"'
    if by:
        keys = ", ".join(f'"{one}"' for one in by)
        rows = f"(SELECT {keys}, sum({what}) AS total FROM {rows} GROUP BY {keys} HAVING sum({what}) <> 0)"
    return f"SELECT '{table}', count(*), sum(hashtextextended(t::text, 0)) FROM {rows} t"
