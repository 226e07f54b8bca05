"""One part of an application: what it is called, what it holds, and how it is written down."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from applications.models import Application, Criterion, Question

Values = Mapping[str, Any]
#: What the keys of pages of questions begin with.
PAGE = "questions-"
ABOUT_YOU, EMPLOYER, ANSWERS, LAST = "About you", "Your employer", "Your answers", "So that we can do this well"
#: Above the fee, where the rules put it elsewhere than beside work.
FEE = "The fee"
#: In the place of “Your employer”, where not everybody has one.
WORK = "Your work"


@dataclass(frozen=True)
class Part:
    """`read` gives the values that are stored; `write` stores values; `wrong` says by field what cannot be accepted.

    A part that leaves no traces stands neither among `parts_done` nor in the history: nobody but the applicant learns
    whether it was filled in."""

    key: str
    title: str
    group: str
    read: Callable[[Application], dict[str, Any]]
    write: Callable[[Application, Values], None]
    wrong: Callable[[Application, Values], dict[str, str]] = lambda application, values: {}
    hint: str = ""
    optional: bool = False
    criterion: Criterion | None = None
    page: "Page | None" = None
    keeps_drafts: bool = True
    leaves_traces: bool = True


@dataclass(frozen=True)
class Page:
    """A page of questions: its introduction, and the questions in their order."""

    intro: str
    questions: tuple[Question, ...]


def fingerprint(values: Values) -> str:
    """A short sign of what a page showed, to notice that somebody changed it in another window since."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:20]
