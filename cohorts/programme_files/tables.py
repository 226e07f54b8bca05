"""The tables of a file, which know where they stand in it and what was read of them, so that a mistake is named by its place."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

LISTED_AS = ("name", "title", "key", "slug", "kind", "standing", "number")


class Unreadable(Exception):
    """What a file says cannot be. `problems` are sentences, each with its place in the file."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


class Absent(Unreadable):
    """It names what the file does not have: perhaps only because that could not be read."""


def meant(name: str, known: Iterable[str]) -> str:
    """“Do you mean “level”?”, where that is near."""
    near = get_close_matches(name, list(known), 1)
    return f" Do you mean “{near[0]}”?" if near else ""


class Table(dict[str, Any]):
    """One table of a file. What it lacks and is needed raises Unreadable; what nobody asks for is found by `left_over`."""

    def __init__(self, given: dict[str, Any], where: str = "") -> None:
        super().__init__({name: _placed(value, f"{where}, {name}" if where else name) for name, value in given.items()})
        self.where = where
        self.asked: set[str] = set()
        #: Something in it could not be, so the rest of it was not read.
        self.was_left = False

    def __missing__(self, name: str) -> Any:
        raise Unreadable(self.said(f"“{name}” is missing."))

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self.asked |= super().keys()
        return super().__iter__()

    def keys(self) -> Any:
        self.asked |= super().keys()
        return super().keys()

    def items(self) -> Any:
        self.asked |= super().keys()
        return super().items()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def said(self, sentence: str) -> str:
        """The sentence with the place of this table before it."""
        return f"{self.where}: {sentence}" if self.where else sentence

    def left_over(self) -> Iterator[str]:
        """What nobody asked for, here and in the tables within: a sentence for each."""
        if self.was_left:
            return
        for name, value in super().items():
            if name not in self.asked:
                yield self.said(f"“{name}” means nothing here.{meant(name, self.asked)}")
                continue
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, Table):
                    yield from one.left_over()


def key_of(row: Table) -> str:
    """The key of a row of its kind; without one it is called by what it is. Raises Unreadable when it says neither."""
    named = row.get("key") or row.get("kind") or row.get("standing")
    return str(named).replace("_", "-") if named and "key" not in row else str(row["key"])


def _placed(value: Any, where: str) -> Any:
    if isinstance(value, dict):
        return Table(value, where)
    if isinstance(value, list):
        return [
            Table(one, _in_list(one, number, where)) if isinstance(one, dict) else one
            for number, one in enumerate(value, 1)
        ]
    return value


def _in_list(one: dict[str, Any], number: int, where: str) -> str:
    """“plans 1 (“30 days”)”: the number, and what somebody would look for."""
    name = next((one[key] for key in LISTED_AS if isinstance(one.get(key), str | int)), "")
    return f"{where} {number} (“{name}”)" if name != "" else f"{where} {number}"
