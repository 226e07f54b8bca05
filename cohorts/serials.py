"""The numbers of certificates: random, easy to read out, forgiving when typed.

Twelve signs of Douglas Crockford's base 32 (no I, L, O, U) are 60 bits: nobody finds one by trying."""

import re
import secrets

from steppingup.formats.sameness import code

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "SU"
LENGTH, GROUP = 12, 4
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def _written(signs: str) -> str:
    groups = [signs[start : start + GROUP] for start in range(0, LENGTH, GROUP)]
    return "-".join([PREFIX, *groups])


def new_serial() -> str:
    """“SU-7KQ2-9XMD-4T8C”."""
    return _written("".join(secrets.choice(SIGNS) for _ in range(LENGTH)))


def normalise(typed: str) -> str:
    """The serial that was meant: case, spaces and dashes do not matter, O is 0, I and L are 1. Empty if it is none."""
    signs = re.sub(r"[-_.]", "", code(typed)).upper()
    signs = signs.removeprefix(PREFIX) if len(signs) == LENGTH + len(PREFIX) else signs
    signs = signs.translate(READ_AS)
    if len(signs) != LENGTH or any(sign not in SIGNS for sign in signs):
        return ""
    return _written(signs)
