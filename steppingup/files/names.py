"""The name that an uploaded file had, made safe to show and to offer as a download."""

import re
import unicodedata

LONGEST = 120

_SPACES = re.compile(r"\s+")
# Characters that Windows refuses in a name, and those that would break a header.
_FORBIDDEN = re.compile(r'[<>:"|?*;%]')


def _plain(character: str) -> bool:
    """Letters, digits, punctuation and spaces; no control, direction, private-use or unassigned characters."""
    return unicodedata.category(character)[0] != "C"


def clean_name(raw: str, extension: str) -> str:
    """`raw` without folders, control characters and doubtful endings, with the extension of its true kind.

    At most LONGEST characters; never empty: a name with nothing left in it becomes “document”."""
    name = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    name = _SPACES.sub(" ", name)
    name = "".join(c for c in name if _plain(c))
    name = _SPACES.sub(" ", _FORBIDDEN.sub("", name))  # what was removed may have stood between two spaces
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 5 or not ending.isalnum():
        stem = name
    stem = stem.strip(" .-") or "document"
    stem = stem[: LONGEST - len(extension) - 1].rstrip(" .-") or "document"
    return unicodedata.normalize("NFC", f"{stem}.{extension}")
