"""Every action asks who acts: those whom the table names are not turned away, and everybody else is."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.step import Step
from tests.ours import OURS
from tests.sweeps.asked_elsewhere import ASKED_ELSEWHERE
from tests.sweeps.may import TRYING, Row
from tests.sweeps.who_may import ROWS
from tests.sweeps.world import World

ROOT = Path(settings.BASE_DIR)


def actions() -> Iterator[str]:
    """Every public function of the rooms of actions that takes `by=`, by name."""
    for app in OURS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "actions" not in parts or parts[-1] == "__init__":
                continue
            module = importlib.import_module(".".join(parts))
            for name, action in vars(module).items():
                function = action.run if isinstance(action, Step) else action
                own = inspect.isfunction(function) and function.__module__ == module.__name__
                by = inspect.signature(function).parameters.get("by") if own and not name.startswith("_") else None
                if by and by.kind is by.KEYWORD_ONLY:
                    yield f"{module.__name__}.{name}"


def test_every_action_stands_in_the_table():
    found = set(actions())
    named = {row.name for row in ROWS} | {name for names in ASKED_ELSEWHERE.values() for name in names}
    assert found == named


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_who_may_act_and_nobody_else(world: World, row: Row):
    away = {who: turned_away(world, row, who) for who in TRYING}
    assert {who for who, outcome in away.items() if not outcome} == set(row.may)


def turned_away(world: World, row: Row, who: str) -> bool:
    world = world.afresh()
    by = world.people[who]
    with transaction.atomic():
        given = row.given(world)
        try:
            with transaction.atomic():
                row.action(**given, by=by)
        except NotAllowed:
            return True
        except NotPossible:
            return False
        finally:
            transaction.set_rollback(True)
    return False
