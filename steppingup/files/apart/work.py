"""What can be done with an upload. This runs in a process of its own, and knows nothing of the site."""

from collections.abc import Callable
from typing import Any

from steppingup.files.apart import drawings, pdf, pictures, tables, word, writing
from steppingup.files.apart.limits import Refused
from steppingup.files.kinds import ALLOWABLE, recognise

Made = tuple[dict[str, Any], bytes]

#: Each returns the number of pages (or None), and the file as it is kept: without what could do something by itself.
CLEANED: dict[str, Callable[[bytes], tuple[int | None, bytes]]] = {
    "pdf": pdf.clean,
    "docx": word.clean,
    "png": pictures.clean,
    "jpeg": pictures.clean,
    "svg": drawings.clean,
}


def look(content: bytes, *, kinds: list[str]) -> Made:
    """What it is, and if it is one of these kinds, its pages and the file to keep."""
    kind = recognise(content)
    if kind.name not in kinds or kind.name not in ALLOWABLE:
        return {"kind": kind.name, "pages": None}, b""
    pages, kept = CLEANED[kind.name](content)
    return {"kind": kind.name, "pages": pages}, kept


def rows(content: bytes, *, kind: str, most: int = tables.MOST_ROWS) -> Made:
    """The sheets of a table, with up to so many rows."""
    return {"sheets": tables.READERS[kind](content, most)}, b""


def as_pdf(content: bytes, *, program: str, home: str) -> Made:
    """A Word document drawn as a PDF by a program, in an empty folder; it is then cleaned like any other."""
    pages, kept = pdf.clean(writing.draw(content, program, home))
    return {"pages": pages}, kept


TASKS: dict[str, Callable[..., Made]] = {"look": look, "rows": rows, "as_pdf": as_pdf}
DAMAGED = "This file is damaged and cannot be opened. Save it again and upload the new file."


def do(asked: dict[str, Any], content: bytes) -> Made:
    """The answer; what is wrong with the file is an answer too. Only running out of time or memory has none."""
    try:
        return TASKS[asked.pop("task")](content, **asked)
    except Refused as refused:
        return {"refused": str(refused)}, b""
    except MemoryError:
        raise
    except Exception as problem:  # the libraries meet hostile bytes here, and fail in many ways that mean the same
        return {"refused": DAMAGED, "problem": f"{type(problem).__name__}: {problem}"[:200]}, b""
