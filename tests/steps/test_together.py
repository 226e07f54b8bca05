"""What happens within a step stands or falls with it: no savepoint is made but where somebody goes on after a refusal."""

import ast
from pathlib import Path

import pytest
from django.db import transaction

from steppingup.history.together import in_one_transaction
from tests.bench.pages import Counter

ROOT = Path(__file__).resolve().parents[2]
#: Where a refusal is caught without one, and why nothing of what was refused can be left behind.
WHOLE = {
    "applications/actions/handing.py": "a review is given only after everything that may refuse it",
    "applications/actions/releases.py": "each release is a transaction of its own",
    "cohorts/actions/proposals.py": "it is said again with the name of whom it is about, and nobody goes on",
    "cohorts/actions/school.py": "a list is read, and nothing is written",
    "modules/actions/registrations.py": "whether it is possible is asked, and nothing is written",
    "steppingup/jobs/actions.py": "a job is no transaction: each of its steps is one",
    "steppingup/steps/taking.py": "what is taken for many is a transaction, or a savepoint, for each",
    "steppingup/steps/step.py": "whether it is possible is asked, and nothing is written",
}


def catches_a_refusal(node: ast.AST) -> bool:
    kinds = [handler.type for handler in node.handlers if handler.type] if isinstance(node, ast.Try) else []
    return any(isinstance(name, ast.Name) and name.id == "NotPossible" for kind in kinds for name in ast.walk(kind))


def makes_a_savepoint(node: ast.Try) -> bool:
    inside = (one for statement in node.body for one in ast.walk(statement))
    return any(isinstance(one, ast.Attribute) and one.attr == "atomic" for one in inside)


def test_whoever_goes_on_after_a_refusal_has_made_a_savepoint():
    rooms = ("*/actions/*.py", "applications/fee/*.py", "steppingup/*/actions/*.py", "steppingup/*/actions.py", "steppingup/steps/*.py")  # fmt: skip
    without = {
        str(path.relative_to(ROOT))
        for room in rooms
        for path in ROOT.glob(room)
        for node in ast.walk(ast.parse(path.read_text()))
        if catches_a_refusal(node) and not makes_a_savepoint(node)
    }
    assert without == set(WHOLE)


@pytest.mark.django_db
def test_no_savepoint_is_made_within_a_transaction():
    with transaction.atomic(), Counter() as said, in_one_transaction():
        pass
    assert said.said == []
