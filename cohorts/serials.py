"""The numbers of certificates: random, easy to read out, forgiving when typed.

Twelve signs of Douglas Crockford's base 32 (no I, L, O, U) are 60 bits: nobody finds one by trying. They alone are the number; what
stands before them is the programme's own, may be another one next year, and is not needed to find the certificate."""

import re
import secrets

from steppingup.formats import prefixes
from steppingup.formats.sameness import code

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4
#: … as they are written, with their hyphens.
WRITTEN = LENGTH + LENGTH // GROUP - 1
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def _written(prefix: str, signs: str) -> str:
    groups = [signs[start : start + GROUP] for start in range(0, LENGTH, GROUP)]
    return "-".join([*([prefix] if prefix else []), *groups])


def new_serial(prefix: str) -> str:
    """“SU-7KQ2-9XMD-4T8C” for “SU”."""
    return _written(prefix, "".join(secrets.choice(SIGNS) for _ in range(LENGTH)))


def number_of(serial: str) -> str:
    """What finds the certificate, whatever was typed before it: “7KQ2-9XMD-4T8C”."""
    return serial[-WRITTEN:]


def normalise(typed: str) -> str:
    """The serial that was meant, with any programme's prefix or none: case, spaces and dashes do not matter, O is 0, I and L are 1.
    Empty if it is none."""
    bare = re.sub(r"[-_.:/]", "", code(typed)).upper()
    prefix, signs = bare[:-LENGTH], bare[-LENGTH:].translate(READ_AS)
    if prefix and not re.fullmatch(prefixes.PATTERN, prefix):
        return ""
    if len(signs) != LENGTH or any(sign not in SIGNS for sign in signs):
        return ""
    return _written(prefix, signs)
