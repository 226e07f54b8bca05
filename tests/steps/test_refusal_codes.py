"""Every code of a NotPossible is one that is always refused, or one that somebody's rules decide; and docs/refusals.md says which."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from steppingup.history.lifecycle import NotPossible
from steppingup.history.refusals import Always, always, by_rules, refused_always, refused_by_rules
from steppingup.steps.management.commands.refusals import DOCUMENT, document, field_of
from tests.ours import OURS

#: Where the code stands among what is given, by the name of what is called.
PLACE = {"refuse": 1, "refuse_if": 2}
#: Functions that hand on a code which they are given, and an exception that hands on that of another.
HANDED_ON = ("code", "full.code", "why.code")
MOST_REASONS = 15


def kinds_of() -> dict[str, int]:
    """NotPossible and what is made of it, which take the code second, unless they know it themselves."""
    found, names = [NotPossible], {"NotPossible": 1}
    while found:
        for kind in found.pop().__subclasses__():
            found.append(kind)
            names |= {} if "__init__" in vars(kind) else {kind.__name__: 1}
    return names | PLACE


def raised() -> Iterator[tuple[str, str]]:
    """Each place of a refusal, and its code as it is written."""
    kinds = kinds_of()
    for app in OURS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            if (
                "demo" in path.relative_to(settings.BASE_DIR).parts
            ):  # it stops for whoever loads it, and for nobody on a page
                continue
            tree = ast.parse(path.read_text())
            own = {
                call: 1
                for node in ast.walk(tree)
                if isinstance(node, ast.ClassDef) and node.bases
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
                if {"NotPossible"} & {ast.unparse(base) for base in node.bases}
            }
            for call in ast.walk(tree):
                if not isinstance(call, ast.Call):
                    continue
                place = own.get(call) or kinds.get(ast.unparse(call.func).rpartition(".")[2])
                if place is None:
                    continue
                named = [one.value for one in call.keywords if one.arg == "code"]
                code = call.args[place] if len(call.args) > place else next(iter(named), None)
                given = code.value if isinstance(code, ast.Constant) else ast.unparse(code) if code else ""
                yield f"{path.relative_to(settings.BASE_DIR)}:{call.lineno}", given


RAISED = [(place, code) for place, code in raised() if code not in HANDED_ON]


def test_every_refusal_says_by_its_code_whether_it_is_always_so_or_somebodys_rule():
    known = {*refused_always(), *refused_by_rules()}
    assert [(place, code) for place, code in RAISED if code not in known] == []


def test_no_reason_is_kept_that_nothing_is_refused_for():
    assert {*refused_always(), *refused_by_rules()} - {code for _, code in RAISED} == set()


def test_no_code_is_both():
    assert set(refused_always()) & set(refused_by_rules()) == set()
    with pytest.raises(ValueError, match="refused always"):
        by_rules("cohorts.RuleSet.selection", "state")
    with pytest.raises(ValueError, match="another reason"):
        always(Always.ONCE, "not_by_merit")


@pytest.mark.parametrize("path", sorted({path for paths in refused_by_rules().values() for path in paths}))
def test_what_rules_decide_stands_in_a_field_that_somebody_fills_in(path):
    assert field_of(path).editable


def test_what_is_always_refused_has_few_reasons_and_each_of_them_is_one():
    assert set(refused_always().values()) == set(Always)
    assert len(Always) <= MOST_REASONS


def test_the_document_says_what_is_so():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "Run manage.py refusals."
