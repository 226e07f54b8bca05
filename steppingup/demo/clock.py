"""Another day than today, for this process and for what the database writes down on its behalf.

The demonstration lives through its year by calling the same actions as everybody. Those ask Python for the time;
the history that the database keeps asks PostgreSQL. Both are told the same moment here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

SCHEMA = "demonstration_clock"
# Found before PostgreSQL's own now() only while the search path of this connection says so; gone with the transaction.
CREATE = f"""
    CREATE SCHEMA {SCHEMA};
    CREATE FUNCTION {SCHEMA}.now() RETURNS timestamptz LANGUAGE sql STABLE AS
        $$ SELECT COALESCE(NULLIF(current_setting('{SCHEMA}.now', true), '')::timestamptz, pg_catalog.now()) $$;
"""


class Clock:
    """`to(moment)` goes to a moment; from there time passes as usual."""

    def __init__(self, traveller: Any, real: datetime) -> None:
        self._traveller = traveller
        self.real = real

    def to(self, moment: datetime) -> None:
        moment = moment.astimezone(UTC)
        self._traveller.move_to(moment)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT set_config('{SCHEMA}.now', %s, true)", [moment.isoformat()])


@contextmanager
def moved_clock() -> Iterator[Clock]:
    """Inside one transaction: a clock that can be moved. It is right again afterwards, whatever happens."""
    import time_machine  # not before it is needed: nothing but the demonstration ever moves the clock

    if not connection.in_atomic_block:
        raise RuntimeError("The clock is moved inside a transaction only.")
    real = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        path = cursor.fetchone()[0]
        cursor.execute(CREATE)
        cursor.execute(f"SET LOCAL search_path TO {SCHEMA}, {path}, pg_catalog")
    with time_machine.travel(real.astimezone(UTC), tick=True) as traveller:
        yield Clock(traveller, real)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path TO {path}")
        cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def moment(day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """A time of day in London."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute, second)))


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day
