"""What time it is. Everything that we wrote asks here, so that a year can be lived through in a minute without anybody else's
clock being touched.

now(), today(), local()         # as Django's, unless somebody moved the clock
with moved() as clock:          # in this thread and this transaction only
    clock.to(moment)            # a moment of it; time passes from there
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.utils import timezone

#: A schema with a now() of its own: found before PostgreSQL's only while the search path of a transaction says so, and gone with it.
CREATE = """
    CREATE SCHEMA {name};
    CREATE FUNCTION {name}.now() RETURNS timestamptz LANGUAGE sql STABLE AS
        $$ SELECT COALESCE(NULLIF(current_setting('{name}.now', true), '')::timestamptz, pg_catalog.now()) $$;
"""


class Clock:
    """Stands at the moment that it was last moved to, and goes on from there."""

    def __init__(self) -> None:
        self.real = timezone.now()
        #: Of its own: two that are moved at once do not wait for each other.
        self.schema = f"moved_clock_{uuid.uuid4().hex}"
        self._set(self.real)

    def _set(self, moment: datetime) -> None:
        self._moment, self._since = moment, time.monotonic()

    def now(self) -> datetime:
        return self._moment + timedelta(seconds=time.monotonic() - self._since)

    def to(self, moment: datetime) -> None:
        """Go there. What the database writes down by itself (the history) is of that moment, too."""
        self._set(moment.astimezone(UTC))
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [f"{self.schema}.now", self._moment.isoformat()])


_moved: ContextVar[Clock | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """The moment, aware of its zone."""
    clock = _moved.get()
    return clock.now() if clock else timezone.now()


def local() -> datetime:
    """The same in the zone of the site."""
    return timezone.localtime(now())


def today() -> date:
    """The day in the zone of the site."""
    return local().date()


def end_of(day: date) -> datetime:
    """The last second of a day in the zone of the site."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=timezone.get_current_timezone())


@contextmanager
def moved() -> Iterator[Clock]:
    """Inside a transaction: a clock that can be moved. It is right again afterwards, whatever happens. Raises RuntimeError outside."""
    if not connection.in_atomic_block:
        raise RuntimeError("The clock is moved inside a transaction only.")
    clock = Clock()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        path = cursor.fetchone()[0]
        cursor.execute(CREATE.format(name=clock.schema))
        cursor.execute(f"SET LOCAL search_path TO {clock.schema}, {path}, pg_catalog")
    token = _moved.set(clock)
    try:
        yield clock
    finally:
        _moved.reset(token)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path TO {path}")
        cursor.execute(f"DROP SCHEMA {clock.schema} CASCADE")
