"""A step of which nobody hears by email: what it would write is not written, and the page says who is to be told in person."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_silent: ContextVar[bool] = ContextVar("nobody_is_written_to", default=False)


def is_silent() -> bool:
    return _silent.get()


@contextmanager
def in_silence() -> Iterator[None]:
    """Nothing that is written inside leaves, but for what stands in `aloud()`."""
    before = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(before)


@contextmanager
def aloud() -> Iterator[None]:
    """Within a silence: what has to be said all the same, as to whoever gets the place that is free now."""
    before = _silent.set(False)
    try:
        yield
    finally:
        _silent.reset(before)
