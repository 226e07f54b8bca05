"""What about a row a person should look at, in the words that a preview shows beside it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from representation.reading.timescale import month_in

#: Signs that stand for a colour or a tick in the progress of a plan, and say nothing by themselves.
MARKS = re.compile(r"^[^\w\s]+$|^[0oOxX✓✔]$")
_RUN_TOGETHER = re.compile(r"\b\w*[a-z][A-Z]\w*")
_ALONE = re.compile(r"(?<![\w’'./&-])[b-hj-z](?![\w’'./&-])")
_LETTERS = re.compile(r"[^\W\d_]")
#: So many words in the same order, in two cells that are otherwise not the same, are no accident.
SHARED = 12


class Doubt(StrEnum):
    COLUMNS = "columns"
    SHIFTED = "shifted"
    MIDWAY = "begins midway"
    MARK = "mark"
    WORDS = "words"
    TWICE = "twice"


SAID = {
    Doubt.COLUMNS: "The headings above it could not be read. Its columns are what somebody said they are.",
    Doubt.SHIFTED: "Its cells may stand one column too far to the left or to the right.",
    Doubt.MIDWAY: "It begins in the middle of a sentence. It may belong to the row above, or its beginning may be missing.",
    Doubt.MARK: "Its progress is a sign, and the file does not say which progress that stands for.",
    Doubt.WORDS: "Words seem to have run together, or come apart.",
    Doubt.TWICE: "The same words stand there twice.",
}


def _words(text: str) -> list[str]:
    return text.split()


def begins_midway(text: str) -> bool:
    """Its first letter is a small one."""
    first = _LETTERS.search(text)
    return first is not None and first[0].islower()


def twice(text: str, least: int = 3) -> bool:
    """Are at least so many words followed by the same words again?"""
    words = _words(text)
    for size in range(least, len(words) // 2 + 1):
        if any(words[at : at + size] == words[at + size : at + 2 * size] for at in range(len(words) - 2 * size + 1)):
            return True
    return False


def repeats_itself(cells: Iterable[str]) -> bool:
    """Do two cells that are not the same share a long passage? So it is where a scan has read one column several times."""
    different = [_words(cell) for cell in dict.fromkeys(cells)]
    seen: set[tuple[str, ...]] = set()
    for words in different:
        own = {tuple(words[at : at + SHARED]) for at in range(len(words) - SHARED + 1)}
        if own & seen:
            return True
        seen |= own
    return False


def _shifted(cells: Mapping[str, str]) -> bool:
    """A sign for progress, or nothing but a date, under another column's heading."""
    if any(MARKS.match(cells.get(name, "").strip()) for name in ("outcome", "detail", "recommendation", "lead")):
        return True
    if cells.get("timescale", "").strip() or month_in(cells.get("timescale", "")):
        return False
    return bool(month_in(cells.get("lead", "")))


def doubts_of(cells: Mapping[str, str], *, columns_were_said: bool) -> tuple[Doubt, ...]:
    """Everything that should be looked at in one row, in the order of `Doubt`."""
    texts: Sequence[str] = [text for text in cells.values() if text.strip()]
    first = next((cells[name] for name in ("outcome", "detail", "recommendation") if cells.get(name, "").strip()), "")
    found = {
        Doubt.COLUMNS: columns_were_said,
        Doubt.SHIFTED: _shifted(cells),
        Doubt.MIDWAY: begins_midway(first),
        Doubt.MARK: bool(MARKS.match(cells.get("progress", "").strip())),
        Doubt.WORDS: any(_RUN_TOGETHER.search(text) or _ALONE.search(text) for text in texts),
        Doubt.TWICE: any(map(twice, texts)),
    }
    return tuple(doubt for doubt, stands in found.items() if stands)
