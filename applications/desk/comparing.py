"""Two versions of rules of admission, or two sets of them, side by side."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst

from cohorts.models import RuleSet
from cohorts.models.rules import TEXTS

#: What tells nothing about the rules themselves.
SILENT = {"id", "rule_set", "key", "order"}
#: What versions of rules say themselves, besides their parts.
OF_THEIR_OWN = ("selection", "hold_days", "closes_when_full")


@dataclass(frozen=True)
class Difference:
    """One field of a part, as it reads here and there."""

    label: str
    here: str
    there: str


@dataclass(frozen=True)
class Compared:
    """One part of the rules, the same on both sides if it has the same key. `only` says on which side it stands alone."""

    title: str
    only: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def is_same(self) -> bool:
        return not self.only and not self.differences


def _words(row: models.Model, field: Any) -> str:
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.attname)
    return ("Yes" if value else "No") if isinstance(value, bool) else "" if value is None else str(value)


def _differences(
    here: models.Model, there: models.Model, labels: dict[str, str], only: Collection[str] = ()
) -> tuple[Difference, ...]:
    fields: Any = [one for one in here._meta.concrete_fields if (one.name in only if only else one.name not in SILENT)]
    return tuple(
        Difference(labels.get(field.name, capfirst(field.verbose_name)), _words(here, field), _words(there, field))
        for field in fields
        if getattr(here, field.attname) != getattr(there, field.attname)
    )


def of_their_own(here: RuleSet, there: RuleSet) -> Compared:
    """How people are chosen, here and there. Where it is the same, the title says what it is."""
    differences = _differences(here, there, {}, OF_THEIR_OWN)
    return Compared(
        "How people are chosen" if differences else str(here.get_selection_display()), differences=differences
    )


def texts_of(here: RuleSet, there: RuleSet) -> list[Compared]:
    """What people read, here and there: each text by itself."""
    return [
        Compared(capfirst(str(field.verbose_name)), differences=_differences(here, there, {}, (field.name,)))
        for field in here._meta.concrete_fields
        if field.name in TEXTS
    ]


def compared(here: RuleSet, there: RuleSet, relation: str, labels: dict[str, str]) -> list[Compared]:
    """The parts of one kind on either side, in the order of this one; then those that only the other has."""
    ours = {row.key: row for row in getattr(here, relation).all()}
    theirs = {row.key: row for row in getattr(there, relation).all()}
    found = [
        Compared(str(row), differences=_differences(row, theirs[key], labels))
        if key in theirs
        else Compared(str(row), "here")
        for key, row in ours.items()
    ]
    return [*found, *(Compared(str(row), "there") for key, row in theirs.items() if key not in ours)]
