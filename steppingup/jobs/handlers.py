"""What does the work. An app writes its handlers in `jobs.py`, which is found by itself.

    @handler("mentoring.match")
    def match(job: Job, progress: Progress) -> dict:
        for done, pair in enumerate(pairs, 1):
            ...
            progress(done, total=len(pairs))
        return {"url": reverse(...), "message": "24 mentees have a proposal"}

A handler may be begun again after its worker died half-way, so it must be safe to run twice: it looks at what is there
and does what is missing. It commits as it goes; inside one long transaction nobody would see the progress.
It raises NotPossible with a sentence when it cannot be done. What it returns holds numbers and addresses of pages; words
about people go under “shown”, which is removed (`shown_for`).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol

from steppingup.jobs.models import Job
from steppingup.jobs.states import LONGEST, RECENT


class Progress(Protocol):
    """Say how far it is. Raises JobLost when another worker has taken over."""

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None: ...


Handler = Callable[[Job, Progress], Mapping[str, Any] | None]
_handlers: dict[str, Handler] = {}
_told: dict[str, str] = {}
_shown_for: dict[str, timedelta] = {}
_longest: dict[str, timedelta] = {}


class JobLost(Exception):
    """This worker was silent for so long that the job was given to another."""


def handler(
    kind: str, tells: str = "", shown_for: timedelta = RECENT, longest: timedelta = LONGEST
) -> Callable[[Handler], Handler]:
    """Register a function as what does jobs of this kind. `tells`: who gets an email of it, if anybody, in words that
    stand before the button that begins it again. `shown_for`: how long what its page shows is kept. `longest`: how
    long it may run in all before it is ended, also where it goes on saying how far it is. Raises ValueError when there is
    another, or where `longest` is no time."""
    if longest <= timedelta(0):
        raise ValueError(f"Jobs “{kind}” need time to run.")

    def remember(function: Handler) -> Handler:
        _told[kind], _shown_for[kind], _longest[kind] = tells, shown_for, longest
        if _handlers.setdefault(kind, function) is not function:
            raise ValueError(f"There is a handler for jobs “{kind}” already.")
        return function

    return remember


def find(kind: str) -> Handler:
    """Raises LookupError when no app has registered the kind."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"No app has registered a handler for jobs “{kind}”.") from None


def who_is_told(kind: str) -> str:
    """Who gets an email when work of this kind is done; nothing where nobody does."""
    return _told.get(kind, "")


def times_shown() -> Mapping[str, timedelta]:
    """By kind, how long after its end what its page shows is kept."""
    return _shown_for


def longest_of(kind: str) -> timedelta:
    """How long work of this kind may run in all."""
    return _longest.get(kind, LONGEST)
