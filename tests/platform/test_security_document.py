"""docs/security.md names tests that there are, and every row of the chapters that it is about."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.ours import OURS
from tests.plugins.services import ROOT

DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ((?:\d+\.\d+\.\d+[–, ]*)+) \| ([^|]+) \| ([^|]*) \|([^|]*)\|$", re.MULTILINE)
#: How many rows of level 1 and 2 each section of the standard has, those deleted and those of level 3 left out.
WANTED = {
    "2.1": range(1, 13), "2.2": range(1, 4), "2.3": range(1, 4), "2.4": range(1, 6), "2.5": range(1, 8), "2.6": range(1, 4),
    "2.7": range(1, 7), "2.8": range(1, 8), "2.9": range(1, 4), "2.10": range(1, 5), "3.1": range(1, 2), "3.2": range(1, 5),
    "3.3": range(1, 5), "3.4": range(1, 6), "3.5": range(1, 4), "3.7": range(1, 2), "4.1": (1, 2, 3, 5), "4.2": range(1, 3),
    "4.3": range(1, 4), "5.1": range(1, 6), "5.2": range(1, 9), "5.3": range(1, 11), "5.4": range(1, 4), "5.5": range(1, 5),
    "7.1": range(1, 5), "7.2": range(1, 3), "7.3": (1, 3, 4), "7.4": range(1, 4), "12.1": range(1, 4), "12.2": range(1, 2),
    "12.3": range(1, 7), "12.4": range(1, 3), "12.5": range(1, 3), "12.6": range(1, 2),
}  # fmt: skip


def numbers(said: str) -> set[str]:
    """“2.4.1–2.4.4” and “3.5.1, 3.5.3”."""
    found = set()
    for part in said.split(","):
        first, _, last = part.strip().partition("–")
        section, _, number = first.rpartition(".")
        found |= {f"{section}.{one}" for one in range(int(number), int((last or first).rpartition(".")[2]) + 1)}
    return found


def test_every_row_of_the_standard_has_one_here():
    found = [number for row in ROW.findall(DOCUMENT) for number in numbers(row[0])]
    assert sorted(found) == sorted(f"{section}.{number}" for section, these in WANTED.items() for number in these)


def test_every_row_says_whether_it_is_met_and_how():
    states = {"met", "met in part", "met for staff", "not met", "not applicable"}
    assert {state for _, state, _, _ in ROW.findall(DOCUMENT)} <= states
    assert not [row for row in ROW.findall(DOCUMENT) if not row[2].strip()]


def test_every_test_that_it_names_is_there():
    named = re.findall(r"`([a-z_]+/test_[a-z_]+\.py)(?:::(test_\w+))?`", DOCUMENT)
    assert len(named) > 60
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / "tests" / path).exists() or (name and f"def {name}(" not in (ROOT / "tests" / path).read_text())
    ]
    assert not missing


def calls_of_ours() -> Iterator[tuple[Path, ast.Call]]:
    for folder in OURS:
        for path in Path(ROOT, folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield path.relative_to(ROOT), node


def test_nothing_of_ours_evaluates_text():
    names, files, found = {"eval", "exec", "compile", "__import__"}, set(), []
    for path, call in calls_of_ours():
        files.add(path)
        if isinstance(call.func, ast.Name) and call.func.id in names:
            found.append(f"{path}:{call.lineno}")
    assert len(files) > 300
    assert not found


#: What SQL written by hand is put together from, by file: names of tables, columns and schemas, which are the software's own. What
#: somebody typed is a parameter.
PUT_TOGETHER = {
    "steppingup/accounts/attempts.py": {"_COUNT"},
    "steppingup/clock.py": {"CREATE.format(name=clock.schema)", "clock.schema", "path"},
    "steppingup/formats/sameness_sql.py": {"functions()"},
    "steppingup/history/changes.py": {"' UNION '.join(parts)"},
    "steppingup/runtime/backup.py": {"ASIDE", "connection.ops.quote_name(name)"},
    "steppingup/site/navigation.py": {"columns"},
    "steppingup/steps/noting.py": {
        *("FUNCTION", "BEGIN", "END"),
        "TRIGGER.format(table=connection.ops.quote_name(table), how=how)",
    },
    "steppingup/steps/restoring.py": {"table", "NET", "row.table", "columns"},
    "steppingup/steps/waiting.py": {"', '.join(parts)"},
}


def test_sql_written_by_hand_is_put_together_from_names_of_our_own_only():
    found: dict[str, set[str]] = {}
    for path, call in calls_of_ours():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if (
            name not in ("execute", "executemany", "raw", "RawSQL", "extra")
            or not call.args
            or "migrations" in path.parts
        ):
            continue
        said = call.args[0]
        parts = said.values if isinstance(said, ast.JoinedStr) else [said]
        found.setdefault(str(path), set()).update(
            ast.unparse(part.value if isinstance(part, ast.FormattedValue) else part)
            for part in parts
            if not isinstance(part, ast.Constant)
        )
    assert {path: names for path, names in found.items() if names} == PUT_TOGETHER
