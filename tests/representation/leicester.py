"""Leicester's action plan as it stands in the scan, typed by hand before there was anything that reads it."""

import json
from pathlib import Path
from typing import Any

from steppingup.demo.texts import DATA

HERE = Path(__file__).parent
COLUMNS = ("outcome", "detail", "progress", "recommendation", "lead", "timescale")  # in the order of R1


def typed() -> dict[str, Any]:
    """Rows, what cannot be read, section headings, and lines outside any table; each with its line, from 1."""
    found: dict[str, Any] = json.loads((HERE / "leicester.json").read_text(encoding="utf-8"))
    return found


def scan() -> list[str]:
    """The document, line by line."""
    return (DATA / "leicester-reach-higher.txt").read_text(encoding="utf-8").split("\n")
