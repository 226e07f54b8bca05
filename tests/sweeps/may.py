"""How a row of the table of who may is written, and who tries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from tests.sweeps.world import World

#: Who tries everything: whoever has nothing to do with it, each who has, and the same roles elsewhere.
TRYING = (
    *("stranger", "applicant", "participant", "manager", "mentor", "assessor", "coordinator", "finance", "equality"),
    *("limited_coordinator", "far_coordinator", "far_finance", "superuser"),
)
OF_COHORT = ("coordinator", "superuser")
OF_PROVIDER = ("coordinator", "limited_coordinator", "superuser")
MONEY = ("finance", "superuser")
EQUALITY = ("equality", "superuser")
PAYING = ("coordinator", "finance", "superuser")  # who decide about the place, or about its money
APPLICANT = ("applicant",)
ASSESSOR = ("assessor",)
PARTICIPANT = ("participant",)


@dataclass(frozen=True)
class Row:
    name: str  # of the action, with its module
    may: tuple[str, ...]
    given: Callable[[World], dict[str, Any]]

    @property
    def action(self) -> Callable[..., Any]:
        return import_string(self.name)
