"""What other parts of the house know about whether it worked: they register it, and papers read it.

    evidence.register("comparison", "Was it the programme?", results)

`results` gives, for a provider, what can be said, each with its sentences."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from steppingup.accounts.models import Organisation


@dataclass(frozen=True)
class Result:
    """Something that can be said, in whole sentences which say how certain it is."""

    sentences: tuple[str, ...]


Reader = Callable[[Organisation], Iterable[Result]]
_readers: dict[str, tuple[str, Reader]] = {}


def register(name: str, title: str, results: Reader) -> None:
    """Raises ValueError for a name that is taken."""
    if name in _readers:
        raise ValueError(f"“{name}” is registered already.")
    _readers[name] = title, results


def titles() -> dict[str, str]:
    """By their names, in the order in which they were registered."""
    return {name: title for name, (title, _) in _readers.items()}


def title_of(name: str) -> str:
    """Its name, where nobody registers it any more."""
    return titles().get(name, name)


def read(name: str, provider: Organisation) -> list[Result]:
    """Nothing where nobody has registered it."""
    return list(_readers[name][1](provider)) if name in _readers else []
