"""Writes docs/refusals.md from what the apps say of their refusals: `manage.py refusals`."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.text import capfirst

from steppingup.history.refusals import Always, refused_always, refused_by_rules

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "refusals.md"
INTRODUCTION = """# Why something is refused

Made by `manage.py refusals` from what each app says of its refusals (`refusals.py`); a test says when it is out of date, and fails for a code of
`NotPossible` that stands in neither list.

## Always

No programme changes these.
"""
BY_RULES = """
## By somebody's rules

Each is decided in a field of a record, which a provider fills in.
"""


def field_of(path: str) -> Any:
    """The field that a path (“cohorts.RuleSet.selection”) names. Raises LookupError where there is none."""
    label, _, name = path.rpartition(".")
    return apps.get_model(label)._meta.get_field(name)


def _words(path: str) -> str:
    field = field_of(path)
    return f"{capfirst(str(field.model._meta.verbose_name))}: {field.verbose_name}"


def lines() -> Iterator[str]:
    """The document, line by line."""
    always, fields = defaultdict(list), defaultdict(list)
    for code, why in refused_always().items():
        always[why].append(code)
    for code, paths in refused_by_rules().items():
        for path in paths:
            fields[_words(path)].append(code)
    yield INTRODUCTION
    yield "| why | codes |\n|---|---|"
    yield from (f"| {why} | {', '.join(sorted(always[why]))} |" for why in Always)
    yield BY_RULES
    yield "| where it is decided | codes |\n|---|---|"
    yield from (f"| {words} | {', '.join(sorted(codes))} |" for words, codes in sorted(fields.items()))


def document() -> str:
    return "\n".join(lines()) + "\n"


class Command(BaseCommand):
    help = "Write docs/refusals.md: which refusals hold always, and which are decided by somebody's rules."

    def handle(self, *args: Any, **options: Any) -> None:
        DOCUMENT.write_text(document(), encoding="utf-8")
        self.stdout.write(f"Wrote {DOCUMENT.relative_to(settings.BASE_DIR)}.")
