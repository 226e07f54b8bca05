"""What a step does, read from its code: which records it makes or moves, and whom it writes to.

For the table of corrections, which is generated. Whatever the action and the functions that it calls may do is counted, also
where it depends on the record: “may be told” is the most that happens."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import models

from steppingup.history.lifecycle import Lifecycle
from steppingup.messaging.kinds import MessageKind
from steppingup.steps.step import Step

MAKES = ("create", "bulk_create", "get_or_create", "update_or_create")


@dataclass
class Reach:
    """`moved`: the records whose status it changes; `made`: those that it makes; `told`: whom it may write to."""

    moved: set[str] = field(default_factory=set)
    made: set[type[models.Model]] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    _seen: set[Any] = field(default_factory=set)

    def follow(self, function: Any) -> None:
        """The function and all that it calls, to the end: where it stopped somewhere, what is found would depend on the order."""
        to_read = [function]
        while to_read:
            to_read += self._read(to_read.pop())

    def _read(self, function: Any) -> list[Any]:
        """The functions that it calls; nothing where it was read before."""
        function = inspect.unwrap(function) if callable(function) else function
        ours = getattr(function, "__module__", "").partition(".")[0] not in ("django", "builtins", "")
        if not ours or not inspect.isfunction(function) or function in self._seen:
            return []
        self._seen.add(function)
        # a step that is made of another
        called = [found for cell in function.__closure__ or () for found in _functions(cell.cell_contents)]
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            if isinstance(node, ast.Call):
                called += self._called(node, function.__globals__)
            elif isinstance(node, ast.Name | ast.Attribute):
                found = resolved(node, function.__globals__)
                if isinstance(found, MessageKind):
                    self.told.add(found.told)
        return called

    def _called(self, call: ast.Call, names: dict[str, Any]) -> list[Any]:
        """A move of a lifecycle, a row that is made, or another function of ours."""
        root = call.func.value if isinstance(call.func, ast.Attribute) else None
        if root is not None and call.func.attr in ("move", "move_all"):  # type: ignore[attr-defined]
            lifecycle = resolved(root, names)
            if isinstance(lifecycle, Lifecycle) and lifecycle.name != "message":
                self.moved.add(lifecycle.noun)
        if root is not None and call.func.attr in MAKES and isinstance(root, ast.Attribute):  # type: ignore[attr-defined]
            model = resolved(root.value, names)
            if inspect.isclass(model) and issubclass(model, models.Model) and model._meta.app_label != "messaging":
                self.made.add(model)
        later = call.args[:1] if resolved(call.func, names) is partial else []
        return [found for node in (call.func, *later) for found in _functions(resolved(node, names))]


def _functions(found: Any) -> Iterator[Any]:
    """A step is its action; what other apps have added is called too."""
    if isinstance(found, Step):
        yield found.run
    elif isinstance(getattr(found, "added", None), list):
        yield from found.added
    elif inspect.isfunction(found):
        yield found


def resolved(node: ast.expr, names: dict[str, Any]) -> Any:
    """What “notices.SHORTLISTED” is, where the names are those of modules; nothing for what is known at run time only."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and inspect.ismodule(module := resolved(node.value, names)):
        return getattr(module, node.attr, None)
    return None


def reach_of(step: Step[Any, Any]) -> Reach:
    found = Reach()
    found.follow(step.run)
    if step.own is not None:  # staff take another's step for them
        found.follow(step.own.run)
    return found
