"""Names of files: the one that an upload had, and the one that a download is given, made safe to show, to send and to keep."""

import re
import unicodedata

from django.utils.http import content_disposition_header

LONGEST = 120
MOST_BYTES = 200  # of a name in UTF-8; disks take 255

_SPACES = re.compile(r"\s+")
_SEPARATORS = re.compile(r"[/\\]")
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


def file_name(called: str, extension: str) -> str:
    """The name of a download that is made here, whatever the record is called: “Invoice INV-2026-7.pdf”. No longer than every
    disk allows, and no letter of it is cut in two."""
    plain = _SEPARATORS.sub("-", called)
    while len(found := clean_name(f"{plain}.{extension}", extension).encode()) > MOST_BYTES:
        plain = plain[:LONGEST]
        plain = plain[: len(plain) * MOST_BYTES // len(found)]
    return found.decode()


def disposition(called: str, extension: str, *, shown: bool = False) -> str:
    """The header that gives a download its name: in plain letters, or encoded (RFC 6266) where they are others. With `shown` the
    browser may open it in its window."""
    return content_disposition_header(not shown, file_name(called, extension)) or "attachment"
