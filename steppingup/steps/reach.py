"""What a step does, read from its code: which records it makes or moves, and whom it writes to.

For the table of corrections, which is generated. Whatever the action and the functions that it calls may do is counted, also
where it depends on the record: “may be told” is the most that happens."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from steppingup.history.lifecycle import Lifecycle
from steppingup.messaging.kinds import MessageKind
from steppingup.steps.step import Step

MAKES = ("create", "bulk_create", "get_or_create", "update_or_create")
DEEPEST = 8  # functions that call one another


@dataclass
class Reach:
    """`moved`: the records whose status it changes; `made`: those that it makes; `told`: whom it may write to."""

    moved: set[str] = field(default_factory=set)
    made: set[type[models.Model]] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    _seen: set[Any] = field(default_factory=set)

    def follow(self, function: Any, depth: int = 0) -> None:
        function = inspect.unwrap(function) if callable(function) else function
        ours = getattr(function, "__module__", "").partition(".")[0] not in ("django", "builtins", "")
        if not ours or not inspect.isfunction(function) or function in self._seen or depth > DEEPEST:
            return
        self._seen.add(function)
        for cell in function.__closure__ or ():  # a step that is made of another
            for found in _functions(cell.cell_contents):
                self.follow(found, depth + 1)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            if isinstance(node, ast.Call):
                self._called(node, function.__globals__, depth)
            elif isinstance(node, ast.Name | ast.Attribute):
                found = resolved(node, function.__globals__)
                if isinstance(found, MessageKind):
                    self.told.add(found.told)

    def _called(self, call: ast.Call, names: dict[str, Any], depth: int) -> None:
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
        for found in _functions(resolved(call.func, names)):
            self.follow(found, depth + 1)


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
