"""Lifecycles: one table of allowed steps for each thing that has a status, kept in code and in the database.

A lifecycle is written down once, in an app's `states.py`. Actions move an object along it with `move()`;
`triggers()` gives the same table to PostgreSQL, which refuses anything else, whoever writes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import pgtrigger
from django.db import models, transaction

M = TypeVar("M", bound=models.Model)


class NotPossible(Exception):
    """What was asked for cannot be done now. The text is a sentence for the person who asked."""


@dataclass(frozen=True)
class Step:
    """One allowed move: from any of `sources` to `target`. `label` is what the button says."""

    sources: frozenset[str]
    target: str
    label: str


def step(sources: str | Iterable[str], target: str, label: str) -> Step:
    return Step(frozenset([sources] if isinstance(sources, str) else sources), str(target), label)


class Lifecycle:
    """The states of a model, the steps between them, and the sentences for what is not possible."""

    registry: ClassVar[dict[str, "Lifecycle"]] = {}

    def __init__(
        self,
        name: str,
        states: type[models.TextChoices],
        initial: str,
        steps: Mapping[str, Step],
        noun: str,
        field: str = "status",
    ) -> None:
        """`noun` stands in sentences, with its article: “an application”, “the offer”."""
        self.name, self.states, self.initial, self.steps = name, states, str(initial), dict(steps)
        self.noun, self.field = noun, field
        if name in self.registry:
            raise ValueError(f"There is a lifecycle “{name}” already.")
        self.registry[name] = self

    def possible(self, state: str) -> dict[str, Step]:
        """The steps that can be taken from `state`."""
        return {name: s for name, s in self.steps.items() if state in s.sources}

    def check(self, obj: models.Model, name: str) -> Step:
        """The step, if the object's state allows it.

        Raises NotPossible with a sentence."""
        found = self.steps[name]
        state = getattr(obj, self.field)
        if state not in found.sources:
            label = self.states(state).label
            raise NotPossible(
                f"This {self.noun} is “{str(label).lower()}”, so you cannot {found.label[:1].lower()}{found.label[1:]}."
            )
        return found

    def move(self, obj: M, name: str, **values: Any) -> M:
        """Lock the row, check the step, set the status and `values` together, and save.

        This is the one function that changes a status. The caller is an action, inside its transaction;
        the object passed in is brought up to date as well.

        Raises NotPossible when the state, as it stands in the database now, does not allow the step."""
        with transaction.atomic():
            locked = type(obj)._base_manager.select_for_update().only(self.field).get(pk=obj.pk)
            setattr(obj, self.field, getattr(locked, self.field))
            found = self.check(obj, name)
            setattr(obj, self.field, found.target)
            for key, value in values.items():
                setattr(obj, key, value)
            obj.save(update_fields=[self.field, *values])
        return obj

    def triggers(self) -> list[pgtrigger.Trigger]:
        """The same table for PostgreSQL: rows begin in the initial state and move along the steps only."""
        pairs = sorted({(source, s.target) for s in self.steps.values() for source in s.sources})
        return [
            pgtrigger.FSM(name=f"{self.field}_follows_table", field=self.field, transitions=pairs),
            pgtrigger.Protect(
                name=f"{self.field}_begins_right",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(**{f"new__{self.field}": self.initial}),
            ),
        ]


def append_only() -> list[pgtrigger.Trigger]:
    """Rows are never changed and never removed: a mistake is mended by a new row."""
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


def frozen(*fields: str, once: pgtrigger.Q | None = None, name: str = "frozen") -> pgtrigger.Trigger:
    """These columns cannot change any more (`once` says from when; without it, from the first moment)."""
    condition = pgtrigger.Q()
    for field in fields:
        condition |= pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")})
    if once is not None:
        condition &= once
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update, condition=condition)
