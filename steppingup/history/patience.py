"""How long what is written now waits before it leaves: a step may leave time to notice a slip."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

#: What a step tells people waits so long, where it says so: time enough to read the page that follows and to see that it was the
#: wrong row, and too little for anybody to hear of it from somebody else first.
GRACE = timedelta(minutes=10)
#: So long people take back by themselves what they did to their own: a slip is seen the same evening or the next morning; after
#: that others may have planned by it, and staff take it back.
OWN_BACK = timedelta(days=1)

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
