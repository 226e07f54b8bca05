"""Previews: what a step would do is found out by doing it, inside a savepoint that is always rolled back.

with previewing() as record:
    shortlist(application=application, by=coordinator)
record.messages    # what would have been said

Nothing of it survives: rows go with the savepoint, and with them what was to be done after the commit; files are kept in
memory (`steppingup.files.storage`); work in the background is done at once (`steppingup.jobs`). Objects that were passed
to the step are no longer what the database has: load them again before anything is shown.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pghistory
from django.core.files.storage import InMemoryStorage
from django.db import OperationalError, connection, transaction

from steppingup.history.lifecycle import NotPossible

BUSY = "Somebody else is changing this at the moment. Please try again shortly."
#: How long a preview waits for somebody else's lock, in milliseconds: a page is waiting for it.
LOCK_TIMEOUT = 500
T = TypeVar("T")


@dataclass
class Record:
    """What was written down while something was done: the rows of the outbox, in order."""

    messages: list[Any] = field(default_factory=list)
    #: What a worker will say once the step is taken: no part of what the step itself says.
    later: list[Any] = field(default_factory=list)
    #: What else is good to know before it is done, in sentences: what cannot come back.
    notes: list[str] = field(default_factory=list)


@dataclass
class Preview(Record):
    """The same for something that is only tried, with the files that it made and the history it would leave."""

    files: InMemoryStorage = field(default_factory=InMemoryStorage)
    context: Any = None
    read: dict[Hashable, Any] = field(default_factory=dict)

    def within(self) -> "Preview":
        """A record of its own for a part of it."""
        return Preview(files=self.files, context=self.context, read=self.read)


# The record of what is being done in this thread or task, if anybody asked for one.
_record: ContextVar[Record | None] = ContextVar("record_of_what_is_done", default=None)


def current_preview() -> Preview | None:
    """The preview that is under way, if there is one."""
    record = _record.get()
    return record if isinstance(record, Preview) else None


def write_down(message: Any) -> None:
    """Add a row of the outbox to the record, if one is kept."""
    record = _record.get()
    if record is not None:
        record.messages.append(message)


def note(sentence: str) -> None:
    """Add something that is good to know before the step is taken, if a record is kept."""
    record = _record.get()
    if record is not None:
        record.notes.append(sentence)


@contextmanager
def _kept_in(record: Record) -> Iterator[None]:
    before = _record.set(record)
    try:
        yield
    finally:
        _record.reset(before)


@contextmanager
def recording() -> Iterator[Record]:
    """Keep a record of what is said inside. Inside a preview, or another record, that one is told as well."""
    outer = _record.get()
    inner = outer.within() if isinstance(outer, Preview) else Record()
    with _kept_in(inner):
        yield inner
    if outer is not None:  # what was refused half-way has said nothing
        outer.messages += inner.messages
        outer.later += inner.later
        outer.notes += inner.notes


@contextmanager
def for_a_worker() -> Iterator[None]:
    """Inside a preview: what is said here is what a worker will say later."""
    preview = current_preview()
    if preview is None:
        raise RuntimeError("Only a preview does the work of a worker at once.")
    inner = preview.within()
    with _kept_in(inner):
        yield
    preview.later += [*inner.messages, *inner.later]


def read_once(key: Hashable, read: Callable[[], T]) -> T:
    """In a preview, which may be of fifty records, what no step changes is read once for all of them."""
    preview = current_preview()
    if preview is None:
        return read()
    if key not in preview.read:
        preview.read[key] = read()
    return preview.read[key]


def once_known(value: str, until: str) -> str:
    """What is drawn by lot when a step is taken (the number of a certificate); in a preview, the words `until` then."""
    return until if current_preview() else value


@contextmanager
def previewing() -> Iterator[Preview]:
    """Do something, see what it does, and undo all of it.

    Deferred constraints are checked at its end, as a commit would. Raises NotPossible when somebody else holds a row for
    longer than half a second."""
    preview = Preview()
    try:
        with (
            _kept_in(preview),
            pghistory.context() as context,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            preview.context = context.id
            # LOCAL: it goes with the savepoint, so that the real step waits as long as it must.
            cursor.execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT])
            yield preview
            # A rollback never asks deferred constraints; a preview that forgot them would promise what the commit refuses.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == "55P03":  # lock_not_available
            raise NotPossible(BUSY, "busy") from error
        raise
