"""Keys of records, as a form sends them back."""

from collections.abc import Iterable

#: So many digits fit into the column of a key, and Python reads them.
MOST_DIGITS = 18


def is_key(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS


def keys_in(texts: Iterable[str]) -> list[int]:
    """Those that can be keys; anything else finds nothing."""
    return [int(text) for text in texts if is_key(text)]
