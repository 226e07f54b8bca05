"""How long what is written now waits before it leaves: a step may leave time to notice a slip."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

_waits: ContextVar[timedelta] = ContextVar("letters_wait", default=timedelta(0))


def waits() -> timedelta:
    """How long a letter that is written now waits."""
    return _waits.get()


@contextmanager
def letters_wait(time: timedelta | None) -> Iterator[None]:
    """Whatever is written inside waits at least so long."""
    before = _waits.set(max(time or timedelta(0), _waits.get()))
    try:
        yield
    finally:
        _waits.reset(before)
