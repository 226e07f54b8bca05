"""Lots: what decides at random whether a published number is rounded up or down. A lot follows from a secret and from what it is
about, so that the same people always give the same number, and nobody guesses it."""

import hashlib
import hmac

import numpy as np
from numpy.typing import NDArray

#: Numbers are multiples of this.
BASE = 5


def digest(secret: str, about: str) -> bytes:
    """The 32 bytes that every lot comes from."""
    return hmac.new(secret.encode(), about.encode(), hashlib.sha256).digest()


def draw(secret: str, *about: str) -> int:
    """One lot, a large number."""
    return int.from_bytes(digest(secret, "\n".join(about))[:8])


def draw_many(secret: str, about: str, number: int) -> NDArray[np.float64]:
    """So many lots at once, each between 0 and 1."""
    seed = int.from_bytes(digest(secret, about)[:16])
    return np.random.Generator(np.random.Philox(seed)).random(number)


def rounded(count: int, lot: int) -> int:
    """Up or down to a multiple of five; up the more often the nearer it is. `lot` is any number."""
    return BASE * ((count + lot % BASE) // BASE)
