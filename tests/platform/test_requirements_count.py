"""`--requirements` counts what passing tests show, on one core and on several."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.requirements import all_requirements

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

@pytest.mark.requirement("B36", "B38")
def test_good():
    pass

@pytest.mark.requirement("B37")
def test_bad():
    raise AssertionError

@pytest.fixture
def breaks_afterwards():
    yield
    raise RuntimeError

@pytest.mark.requirement("B39")
def test_good_with_a_bad_end(breaks_afterwards):
    pass
"""


def run(tmp_path: Path, text: str, *words: str) -> str:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = requirement(*ids): shown\n")
    (tmp_path / "test_these.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "tests.plugins.requirements", *words, "."]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_list_holds_every_requirement_of_the_five_documents():
    known = all_requirements()
    for letter, last in {"B": 60, "N": 21, "C": 7, "R": 16, "L": 10}.items():
        assert [name for name in known if name[0] == letter] == [f"{letter}{n}" for n in range(1, last + 1)]


@pytest.mark.parametrize("cores", ["0", "2"])
def test_only_tests_that_pass_from_beginning_to_end_show_something(tmp_path, cores):
    said = run(tmp_path, TESTS, "--requirements", "-n", cores)
    shown, _, missing = said.partition("Shown by passing tests:")[2].partition("Shown by none:")
    assert [line.split()[0] for line in shown.splitlines()[1:] if line.strip()] == ["B36", "B38"]
    assert {"B37", "B39"} <= {line.split()[0] for line in missing.splitlines() if line.startswith("  ")}
    assert "1 error" in said.splitlines()[-1]


def test_a_requirement_that_does_not_exist_stops_the_run(tmp_path):
    said = run(tmp_path, '@__import__("pytest").mark.requirement("B99")\ndef test_good(): pass\n')
    assert "requirement 'B99' is not in docs/requirements.md" in said
    assert "1 passed" not in said
