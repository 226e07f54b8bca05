"""Too many wrong codes for one address close it for a while, from wherever they were entered.

Kept in the cache that all processes share, by a hash of the address, the same for addresses with and
without an account."""

import hashlib

from django.core.cache import cache

WRONG_CODES = 10
MINUTES = 30
SENTENCE = f"There were too many wrong codes for this address. Wait {MINUTES} minutes, then ask for a new code."


def _places(email: str) -> list[str]:
    digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    return [f"wrong-codes:{digest}:{number}" for number in range(WRONG_CODES)]


def note_wrong_code(email: str) -> None:
    """Takes the first free one of ten places; each is free again half an hour later."""
    # By `add`, which two requests at once cannot both win. `incr` counts wrongly then, and in a cache in the database it
    # forgets how long the count was to be kept.
    for place in _places(email):
        if cache.add(place, True, timeout=MINUTES * 60):
            return


def is_locked(email: str) -> bool:
    """Is the last place taken?"""
    return cache.get(_places(email)[-1]) is not None


def forgive(email: str) -> None:
    """The right code was entered: the wrong ones were slips."""
    cache.delete_many(_places(email))
