"""Too many wrong codes for one address close it for a while, from wherever they were entered.

Kept in the cache that all processes share, by a hash of the address, the same for addresses with and
without an account."""

import hashlib

from django.core.cache import cache

WRONG_CODES = 10
MINUTES = 30
SENTENCE = f"There were too many wrong codes for this address. Wait {MINUTES} minutes, then ask for a new code."


def _key(email: str) -> str:
    return f"wrong-codes:{hashlib.sha256(email.strip().lower().encode()).hexdigest()}"


def note_wrong_code(email: str) -> None:
    key = _key(email)
    cache.add(key, 0, timeout=MINUTES * 60)
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two lines
        cache.set(key, 1, timeout=MINUTES * 60)


def is_locked(email: str) -> bool:
    return int(cache.get(_key(email), 0)) >= WRONG_CODES


def forgive(email: str) -> None:
    """The right code was entered: the wrong ones were slips."""
    cache.delete(_key(email))
