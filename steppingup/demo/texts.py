"""Words of invented people: statements, comments, names from data files. The same seed always gives the same words."""

import csv
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

DATA = Path(__file__).parent / "data"
CHOICE = re.compile(r"\[([^\[\]]+)\]")
REFLECTIONS = "reflections"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of data/<name>.csv."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def employers() -> list[dict[str, Any]]:
    return tomllib.loads((DATA / "employers.toml").read_text(encoding="utf-8"))["employers"]


def name_and_post(text: str) -> tuple[str, str]:
    """“Ada Lovelace, Head of Engines” as two."""
    name, _, post = text.partition(", ")
    return name, post


def chosen(text: str, dice: Random) -> str:
    """One of the alternatives of each [a|b]."""
    return CHOICE.sub(lambda found: dice.choice(found[1].split("|")), text)


@lru_cache(maxsize=1)
def stories() -> dict[str, list[str]]:
    """The stories of each criterion by its key, and the reflections."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in (DATA / "statements.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            key = line[3:]
            found[key] = []
        elif line.strip() and not line.startswith("# "):
            found[key].append(line.removeprefix("+ ").strip())
    return found


class Storyteller:
    """Hands the stories of each criterion round, so that neighbours in a queue do not tell the same one."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self._decks: dict[str, Iterator[str]] = {}
        self._told: set[str] = set()

    def _next(self, key: str) -> str:
        deck = self._decks.get(key)
        story = next(deck, None) if deck else None
        if story is None:
            cards = list(stories()[key])
            self.dice.shuffle(cards)
            self._decks[key] = iter(cards)
            story = next(self._decks[key])
        return story

    def statement(self, criterion: str, writing: str) -> str:
        """What this person writes about a criterion. `writing`: short, plain, strong or excellent."""
        for _ in range(9):
            text = self._one(criterion, writing)
            if text not in self._told:
                break
        self._told.add(text)
        return text

    def _one(self, criterion: str, writing: str) -> str:
        body, _, more = chosen(self._next(criterion), self.dice).partition("||")
        body, more = body.strip(), more.strip()
        if writing == "short":
            return " ".join(re.split(r"(?<=[.?!]) ", body)[: self.dice.choice((1, 1, 2))])
        parts = [body]
        if writing != "plain" and more:
            parts.append(more)
        if writing == "excellent":
            parts.append(chosen(self._next(REFLECTIONS), self.dice))
        return "\n\n".join(parts)


COMMENTS = {
    5: (
        "Exactly what the criterion asks for, with what came of it.",
        "Outstanding: specific, honest, and about others.",
    ),
    4: (
        "Strong example, own part is clear.",
        "Good. I would have liked one figure more.",
        "Convincing; shows judgement.",
    ),
    3: (
        "Meets the criterion; the outcome stays a little vague.",
        "Sound, though mostly about the team rather than self.",
    ),
    2: ("Describes the situation well and says little about what was done.", "Too general to score higher."),
    1: ("Hardly an example. Encourage to apply again with one.", "Too short to judge."),
    0: ("Nothing that answers the question.",),
}


def scores(total: int, criteria: int, highest: int, dice: Random) -> list[int]:
    """So many scores of at most `highest` that add up to `total`."""
    found = [total // criteria] * criteria
    for index in dice.sample(range(criteria), total - sum(found)):
        found[index] += 1
    for _ in range(2):  # some variety, with the same sum
        up, down = dice.sample(range(criteria), 2)
        if found[up] < highest and found[down] > 0:
            found[up] += 1
            found[down] -= 1
    return found


def comment(value: int, dice: Random) -> str:
    return dice.choice(COMMENTS[value])


def address(name: str, domain: str) -> str:
    """“amara.okafor@avonreach-acute.example”."""
    words = re.sub(r"[^a-z ]", "", name.lower().replace("-", " ").replace("é", "e")).split()
    words = [word for word in words if word != "superintendent"]
    return f"{words[0]}.{words[-1]}@{domain}.example"


def _shown(text: str) -> str:
    return text.replace("\\", "").replace("(", "").replace(")", "").replace("–", "-").replace("’", "'")


def _page(lines: list[str]) -> bytes:
    """The first line large, the others under it."""
    parts, height = ["BT 60 770 Td"], 0
    for number, line in enumerate(lines):
        size = 11 if number else 20
        parts.append(f"/F1 {size} Tf 0 -{height} Td ({_shown(line)}) Tj")
        height = size + 11
    return ("\n".join(parts) + "\nET").encode("latin-1", "replace")


def pdf(pages: list[list[str]]) -> bytes:
    """A small, honest PDF with these lines on its pages."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number)
        )
        stream = _page(lines)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
