"""How a row of the table of access is written."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.urls import reverse

from tests.sweeps.profiles import (
    Profile,
)  # fmt: skip
from tests.sweeps.world import World


class Of(str):
    """`of.draft` stands for the thing of that name in the world: its number, or what it is if it is a secret."""

    def __getattr__(self, name: str) -> "Of":
        return Of(f"{self}.{name}" if self else name)

    def found_in(self, world: World) -> Any:
        value: Any = world
        for name in str(self).split("."):
            value = getattr(value, name)
        return value.pk if isinstance(value, Model) else value


of = Of()


@dataclass(frozen=True)
class Row:
    name: str
    who: Profile
    given: dict[str, Any] = field(default_factory=dict)
    may: tuple[str, ...] | None = None  # who may POST; by default those who get 200
    address: str = ""  # where the name cannot be reversed
    anybody: bool = False  # the address is the key: everybody gets the same, so only three people try it

    def at(self, world: World) -> str:
        given = {name: v.found_in(world) if isinstance(v, Of) else v for name, v in self.given.items()}
        return self.address or reverse(self.name, kwargs=given)

    def may_post(self, who: str) -> bool:
        return who in self.may if self.may is not None else self.who[who] == 200
