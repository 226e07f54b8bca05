"""Lifecycles: one table of allowed moves for each thing that has a status, kept in code and in the database.

A lifecycle is written down once, in an app's `states.py`. Actions move an object along it with `move()`;
`triggers()` gives the same table to PostgreSQL, which refuses anything else, whoever writes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import pgtrigger
from django.db import models

from steppingup.history.together import in_one_transaction

M = TypeVar("M", bound=models.Model)


class NotPossible(Exception):
    """What was asked for cannot be done now. The text is a sentence for the person who asked.

    `code` is the same in every language ("state", "no_place"); `field` names what was filled in wrong, where it was."""

    def __init__(self, sentence: str, code: str = "refused", *, field: str = "") -> None:
        super().__init__(sentence)
        self.code, self.field = code, field


def refuse(sentence: str, code: str = "refused", *, field: str = "") -> None:
    """Raises NotPossible with the sentence, where there is one: with what a `why_not_…` has found."""
    if sentence:
        raise NotPossible(sentence, code, field=field)


def refuse_if(stands_against: object, sentence: str, code: str = "refused", *, field: str = "") -> None:
    """Raises NotPossible with the sentence where something stands against it. The sentence is made in any case: where it
    speaks of what is there only then, or would ask the database, an `if` stands before a `raise`."""
    if stands_against:
        raise NotPossible(sentence, code, field=field)


def required(text: str, otherwise: str, field: str = "reason") -> str:
    """The text without spaces around it. Raises NotPossible with `otherwise` when there is none."""
    if not text.strip():
        raise NotPossible(otherwise, "required", field=field)
    return text.strip()


@dataclass(frozen=True)
class Move:
    """One allowed move: from any of `sources` to `target`. `label` completes “you cannot …”."""

    sources: frozenset[str]
    target: str
    label: str


def move(sources: str | Iterable[str], target: str, label: str) -> Move:
    return Move(frozenset([sources] if isinstance(sources, str) else sources), str(target), label)


class Lifecycle:
    """The states of a model, the moves between them, and the sentences for what is not possible."""

    registry: ClassVar[dict[str, "Lifecycle"]] = {}

    def __init__(
        self,
        name: str,
        states: type[models.TextChoices],
        initial: str,
        moves: Mapping[str, Move],
        noun: str,
        field: str = "status",
    ) -> None:
        """`noun` stands in sentences, with its article: “an application”, “the offer”."""
        self.name, self.states, self.initial, self.moves = name, states, str(initial), dict(moves)
        self.noun, self.field = noun, field
        if self.registry.setdefault(name, self) is not self:
            raise ValueError(f"There is a lifecycle “{name}” already.")

    def possible(self, state: str) -> dict[str, Move]:
        """The moves that can be made from `state`."""
        return {name: one for name, one in self.moves.items() if state in one.sources}

    def allows(self, obj: models.Model, name: str) -> bool:
        """Whether the move can be made with this object as it was loaded. A lifecycle of which some moves hang on more than the
        state says so here, and in `why_not`."""
        return getattr(obj, self.field) in self.moves[name].sources

    def why_not(self, obj: models.Model, name: str) -> str:
        """The sentence for whoever asks for a move that cannot be made."""
        label, state = self.moves[name].label, self.states(getattr(obj, self.field)).label
        return f"This {self.noun} is “{str(state).lower()}”, so you cannot {label[:1].lower()}{label[1:]}."

    def check(self, obj: models.Model, name: str) -> Move:
        """The move, if the object allows it.

        Raises NotPossible with a sentence."""
        if not self.allows(obj, name):
            raise NotPossible(self.why_not(obj, name), "state")
        return self.moves[name]

    def move(self, obj: M, name: str, **values: Any) -> M:
        """Lock the row, check the move, set the status and `values` together, and save.

        This is the one function that changes a status. The caller is an action, inside its transaction;
        the object passed in is brought up to date as well.

        Raises NotPossible when the state, as it stands in the database now, does not allow it."""
        with in_one_transaction():
            # The base manager, as a default one may hide the row; one column, as the rest of the caller's object stays its own.
            locked = type(obj)._base_manager.select_for_update().only(self.field).get(pk=obj.pk)
            setattr(obj, self.field, getattr(locked, self.field))
            found = self.check(obj, name)
            setattr(obj, self.field, found.target)
            for key, value in values.items():
                setattr(obj, key, value)
            obj.save(update_fields=[self.field, *values])
        return obj

    def move_all(self, rows: Any, name: str, **values: Any) -> None:
        """Move those of the rows from whose state the move can be made; the others stay as they are."""
        # One by one: each move has a line of its own in the history.
        for obj in rows.filter(**{f"{self.field}__in": self.moves[name].sources}):
            self.move(obj, name, **values)

    def triggers(self) -> list[pgtrigger.Trigger]:
        """The same table for PostgreSQL: rows begin in the initial state and follow the moves only."""
        pairs = sorted({(source, one.target) for one in self.moves.values() for source in one.sources})
        return [
            # For whoever writes the status without `move`: a bulk update, SQL by hand, a mistake of ours.
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
