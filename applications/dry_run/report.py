"""What came of a dry run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

#: `lacking` is to be put right, but those who act get around it; nobody gets around what is `stuck`.
State = Literal["done", "noted", "lacking", "stuck"]


class Mend(NamedTuple):
    """The page on which something is put right, and the permission that it takes."""

    url: str
    permission: str


@dataclass(frozen=True)
class Line:
    """Who did what on which day, who was written to because of it (name and subject), and what there is to say of it: why it did
    not work, or what is not there, and where that is put right."""

    on: date
    who: str
    what: str
    state: State = "done"
    said: str = ""
    letters: tuple[tuple[str, str], ...] = ()
    mend: Mend | None = None

    @property
    def in_words(self) -> str:
        """“The applicant begins an application”."""
        return f"{self.who} {self.what[:1].lower()}{self.what[1:]}"


@dataclass
class Report:
    """All of it, in order, for one kind of applicant. It went to the end where nothing is stuck."""

    title: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def stuck(self) -> Line | None:
        return next((line for line in self.lines if line.state == "stuck"), None)

    @property
    def lacking(self) -> list[Line]:
        return [line for line in self.lines if line.state == "lacking"]

    @property
    def letters(self) -> int:
        return sum(len(line.letters) for line in self.lines)

    def as_data(self) -> dict[str, Any]:
        """For the result of a job: plain values."""
        return {"title": self.title, "lines": [{**asdict(line), "on": line.on.isoformat()} for line in self.lines]}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "Report":
        return cls(data["title"], [_line(one) for one in data["lines"]])


def _line(data: Mapping[str, Any]) -> Line:
    letters = tuple((name, subject) for name, subject in data["letters"])
    mend = Mend(*data["mend"]) if data["mend"] else None
    return Line(**{**data, "on": date.fromisoformat(data["on"]), "letters": letters, "mend": mend})
