"""Every refusal is reached by a test: each place in the code that says NotPossible or NotAllowed is listed at the end of a
whole run if nothing came by, and the run fails.

Where an exception was made is noted as it is made, and who asked `refuse` or `refuse_if` for it; the places there are come from the syntax tree. `--refusals` lists
also after a part of the tests (what they alone reach), without failing.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.ours import OURS

ROOT = Path(__file__).resolve().parents[2]
DEMONSTRATION = ROOT / "steppingup" / "demo"  # breaks off when its own data are wrong

#: Functions that refuse in the name of whoever calls them.
HELPERS = {"refuse", "refuse_if"}

Place = tuple[str, int]  # a file's path from the root, and a line


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refusals", action="store_true", help="print which refusals these tests do not reach")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Refusals(), "refusals")


def classes() -> set[type[Exception]]:
    """The exceptions that refuse, and whatever was made of them."""
    from steppingup.accounts.actors import NotAllowed
    from steppingup.history.lifecycle import NotPossible

    found: set[type[Exception]] = {NotPossible, NotAllowed}
    for one in list(found):
        found |= set(one.__subclasses__())
    return found


def places(names: set[str]) -> Iterator[tuple[Place, int]]:
    """Every place that makes one of these exceptions, with its last line."""
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" in path.parts or path.is_relative_to(DEMONSTRATION):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                    yield (str(path.relative_to(ROOT)), node.lineno), node.end_lineno or node.lineno


class Refusals:
    def __init__(self) -> None:
        self.reached: set[Place] = set()
        self.missed: list[Place] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        patch = pytest.MonkeyPatch()
        for one in classes():
            if "__init__" in vars(one) or not issubclass(one.__base__, tuple(classes())):
                patch.setattr(one, "__init__", self._noting(one.__init__))
        try:
            return (yield)
        finally:
            patch.undo()

    def _noting(self, make: Any) -> Any:
        def __init__(error: Exception, *args: Any, **kwargs: Any) -> None:
            self._note(sys._getframe(1))
            make(error, *args, **kwargs)

        return __init__

    def _note(self, frame: FrameType | None) -> None:
        while frame and frame.f_code.co_name == "__init__":  # of a subclass
            frame = frame.f_back
        if frame and frame.f_code.co_filename.startswith(f"{ROOT}/"):
            self.reached.add((frame.f_code.co_filename[len(str(ROOT)) + 1 :], frame.f_lineno))
            if frame.f_code.co_name in HELPERS:
                self._note(frame.f_back)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.reached |= {tuple(place) for place in getattr(node, "workeroutput", {}).get("refusals", ())}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["refusals"] = sorted(self.reached)
            return
        whole = is_whole(session)
        if whole or session.config.getoption("--refusals"):
            self.missed = [
                (file, first)
                for (file, first), last in places({one.__name__ for one in classes()} | HELPERS)
                if not any((file, line) in self.reached for line in range(first, last + 1))
            ]
        if whole and self.missed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.missed:
            return
        terminalreporter.section(f"{len(self.missed)} refusals that no test reaches")
        for file, line in self.missed:
            words = (ROOT / file).read_text(encoding="utf-8").splitlines()[line - 1].strip()
            terminalreporter.write_line(f"{file}:{line}: {words}")


def is_whole(session: pytest.Session) -> bool:
    """Did every test run, from first to last?"""
    option, config = session.config.option, session.config
    chosen = option.keyword or option.markexpr or option.deselect or getattr(option, "lf", False)
    everything = config.args_source != pytest.Config.ArgsSource.ARGS
    return everything and not chosen and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
