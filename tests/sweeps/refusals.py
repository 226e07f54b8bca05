"""How a row of the table of refusals is written: the sentence, and a function of the world that runs into it.

    @refusal("Nobody has a place on this cohort yet.")
    def start_without_anybody(w): ...

They are the refusals that no test of their own noun is about; `tests/plugins/refusals.py` lists those that nothing reaches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.utils import timezone

from cohorts.states import EnrolmentStatus
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from tests.sweeps.ways import put
from tests.sweeps.world import World

Attempt = Callable[[World], Any]


@dataclass(frozen=True)
class Refusal:
    sentence: str
    attempt: Attempt
    error: type[Exception]


REFUSALS: dict[str, Refusal] = {}


def refusal(sentence: str, error: type[Exception] = NotPossible) -> Callable[[Attempt], Attempt]:
    """`sentence`: a part of what is said, as somebody reads it."""

    def note(attempt: Attempt) -> Attempt:
        assert attempt.__name__ not in REFUSALS, attempt.__name__
        REFUSALS[attempt.__name__] = Refusal(sentence, attempt, error)
        return attempt

    return note


def not_allowed(sentence: str) -> Callable[[Attempt], Attempt]:
    return refusal(sentence, NotAllowed)


def change(thing: Any, **values: Any) -> Any:
    """The thing with other values, written without asking anybody."""
    with pgtrigger.ignore():
        type(thing)._base_manager.filter(pk=thing.pk).update(**values)
    return type(thing)._base_manager.get(pk=thing.pk)


def gone(enrolment: Any) -> Any:
    """Somebody who has left the programme."""
    return put(enrolment, EnrolmentStatus.WITHDRAWN, withdrawn_at=timezone.now(), withdrawal_reason="Moved away.")
