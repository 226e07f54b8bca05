"""How large the words of a certificate are set, so that they stay within its frame."""

import unicodedata

NARROW = frozenset("fijlrtI.,:;'’-·() ")
LAST_OF_EUROPE = 0x52F
WIDE = frozenset("mwMW@%&—…")

#: A name of this width at most, measured in the letter n, stands on one line of its size.
NAMES = ((20, "xl"), (27, "l"), (33, "m"), (46, "s"), (100, "xs"))
#: The same of a programme, which may have two lines of the second size.
PROGRAMMES = ((48, "usual"), (130, "long"))


def width_of(text: str) -> float:
    """About how wide a text is, measured in the letter n of its own size."""
    return sum(map(_width, text))


def _width(sign: str) -> float:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(sign) in ("W", "F"):
        return 2
    if sign in WIDE:
        return 1.9
    if sign in NARROW:
        return 0.6
    # Beyond Latin, Greek and Cyrillic, letters are about as wide as our capitals.
    return 1.3 if sign.isupper() or ord(sign) > LAST_OF_EUROPE else 1


def size_of_name(name: str) -> str:
    """Long names are set smaller, so that they stay on one line of the page."""
    return _first(name, NAMES, "xxs")


def size_of_programme(name: str) -> str:
    """What fills more than a line is set smaller, so that it stays clear of the foot of the page."""
    return _first(name, PROGRAMMES, "longest")


def _first(name: str, sizes: tuple[tuple[int, str], ...], least: str) -> str:
    width = width_of(name)
    return next((size for most, size in sizes if width <= most), least)
