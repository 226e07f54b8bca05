"""How a row of the table of states is written: a thing of the world, what else must be true of it in a state, and the action that takes each step.

A way is called as somebody who may. In a state from which the step cannot be taken the action says so (NotPossible);
`quiet` names the states in which it does nothing instead (asked twice, or a clock that passes by), and `other` those in
which the same action rightly takes another step. `inside` marks a step that is taken in the middle of a longer action,
which begins with the step that it names; `stays` one that is only asked whether it could be taken.

Only what cannot be had from the steps is written by hand: see `ways_of` in states_table.py.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pgtrigger
from django.utils import timezone

from tests.sweeps.world import World

ANYWHERE = "anywhere"
#: Triggers that ask nothing, and keep what follows from a row in step with it.
KEPT = ("adds_up_scores", "membership_begins", "membership_follows")


@dataclass(frozen=True)
class Way:
    call: Callable[[World, Any], Any]
    quiet: Iterable[str] = ()
    other: Iterable[str] = ()
    inside: str = ""
    stays: bool = False


@dataclass(frozen=True)
class Subject:
    """`thing` is its name in the world; `also(world, state)` are the columns that must agree with the state; `ways` those
    that are written by hand, by the name of the step or of the move."""

    thing: str
    also: Callable[[World, str], dict[str, Any]]
    ways: dict[str, Way] = field(default_factory=dict)


_stopped: list[datetime] = []


def now() -> Any:
    return _stopped[-1] if _stopped else timezone.now()


@contextmanager
def stopped() -> Iterator[None]:
    """What is filled in stays what it was, however long somebody reads."""
    _stopped.append(timezone.now())
    try:
        yield
    finally:
        _stopped.pop()


def put(thing: Any, state: str, **values: Any) -> Any:
    """Put it into a state without asking anybody; only sums and memberships are kept. Returns it as the database has it then."""
    model = type(thing)
    asked = [trigger for of, trigger in pgtrigger.registered() if of is model and trigger.name not in KEPT]
    with pgtrigger.ignore(*(trigger.get_uri(model) for trigger in asked)) if asked else nullcontext():
        model.objects.filter(pk=thing.pk).update(status=state, **values)
    return model.objects.get(pk=thing.pk)
