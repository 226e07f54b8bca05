"""Who was at a meeting online, from the table that Teams or Zoom gives: names, addresses and minutes, whatever stands around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from steppingup.formats import sameness

#: What the columns are called: Teams of now and of before, Zoom with one row for each time that somebody joined, and in sum.
NAME = ("name", "full name", "name (original name)", "participant", "participant name", "user name")
EMAIL = ("email", "user email", "e-mail", "email address", "participant id (upn)")
DURATION = (
    *("in-meeting duration", "duration", "duration (minutes)", "total duration (minutes)", "attendance duration"),
    *("time in session (minutes)", "total time (minutes)"),
)
_SECTION = re.compile(r"\d+\.\s")
_PARTS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(h|hr|hrs|hour|hours|m|min|mins|minute|minutes|s|sec|secs|second|seconds)\b")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})")
_SECONDS = {"h": 3600, "m": 60, "s": 1}
#: A day: whatever says more says nothing.
MOST_MINUTES = 24 * 60


@dataclass(frozen=True)
class Attended:
    """One person in the file: how they are called there, and for how many minutes they were there altogether."""

    name: str
    email: str
    minutes: int


def minutes_in(text: str) -> int | None:
    """“1h 2m 3s”, “45 min”, “01:02:03”, “62”: whole minutes. Nothing for what is no length of time."""
    said = " ".join(text.split()).lower()
    if found := _PARTS.findall(said):
        seconds = sum(float(number.replace(",", ".")) * _SECONDS[unit[0]] for number, unit in found)
    elif clock := _CLOCK.fullmatch(said):
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        seconds = hours * 3600 + minutes * 60 + rest
    elif re.fullmatch(r"\d{1,5}(?:[.,]\d+)?", said):
        seconds = float(said.replace(",", ".")) * 60
    else:
        return None
    return min(round(seconds / 60), MOST_MINUTES)


def _columns(cells: Sequence[str]) -> tuple[int, int | None, int] | None:
    """Where the name, the address and the length stand, if this row names the columns."""
    said = [sameness.fold(cell) for cell in cells]

    def first(names: Sequence[str]) -> int | None:
        folded = [sameness.fold(name) for name in names]
        return next((said.index(name) for name in folded if name in said), None)

    name, email, length = first(NAME), first(EMAIL), first(DURATION)
    return None if name is None or length is None else (name, email, length)


def read_attendance(rows: Sequence[Sequence[Any]]) -> list[Attended]:
    """Everybody in the first table of the file that has names and minutes, each once, in its order. Raises ValueError with a sentence
    where there is none."""
    table = [[str(cell if cell is not None else "").strip() for cell in row] for row in rows]
    start = next((at for at, cells in enumerate(table) if _columns(cells)), None)
    if start is None:
        raise ValueError(
            "This file has no table with names and minutes. Download the attendance report of the meeting from Teams, or the "
            "participants’ report from Zoom, and choose that file."
        )
    name, email, length = _columns(table[start])  # type: ignore[misc]
    found: dict[str, Attended] = {}
    for cells in table[start + 1 :]:
        if not any(cells) or _SECTION.match(cells[0]):
            break
        called = cells[name] if name < len(cells) else ""
        minutes = minutes_in(cells[length]) if length < len(cells) else None
        if not called or minutes is None:
            continue
        at = sameness.address(cells[email]) if email is not None and email < len(cells) else ""
        # Whoever lost the connection stands there once for each time that they came.
        key = at or sameness.person(called)
        before = found.get(key)
        total = min(minutes + (before.minutes if before else 0), MOST_MINUTES)
        found[key] = Attended(before.name if before else called, at, total)
    if not found:
        raise ValueError("Nobody stands in the table of this file.")
    return list(found.values())
