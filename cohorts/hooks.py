"""The older names of `cohorts.extensions`. They go when no app calls them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cohorts import extensions


@dataclass(frozen=True)
class Consequence:
    do: Callable[..., None]
    told: Callable[..., Any] | None = None


@dataclass(frozen=True)
class _Older:
    to: extensions.Extensions[Any, Any]

    def register(self, what: Any) -> None:
        self.to.add(what.do if isinstance(what, Consequence) else what)


when_withdrawn = _Older(extensions.when_withdrawn)
on_publishing = _Older(extensions.on_publishing)
against_cancelling = _Older(extensions.against_cancelling)
