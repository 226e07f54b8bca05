"""A plugin of pytest: instead of running the tests once, run for each mutant those that run its line, until one fails.

Everything is imported and collected once. For each mutant a child is forked, in which the functions that the mutant
changes get their new code; it has a database of its own, as every process of the tests has. What came of it is written
to a file at once, so that a run that was stopped goes on where it was.
"""

import gc
import json
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.mutants.mutations import Mutant, sample
from tests.mutants.targets import ROOT, targets

MOST_SECONDS = 60.0  # of tests for one mutant, when nothing notices it
START = 20.0  # seconds that a child may take besides
SLOWER = 6  # than when the tests were timed


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mutants")
    group.addoption("--folder", required=True)
    group.addoption("--number", type=int, default=300)
    group.addoption("--seed", type=int, default=6)
    group.addoption("--at-once", type=int, default=2)
    group.addoption("--only", default="", help="mutants whose file, function or key holds this")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    Driver(session).run()
    return True


@dataclass
class Child:
    pid: int
    pipe: int
    mutant: Mutant
    started: float
    longest: float


class Driver:
    def __init__(self, session: pytest.Session) -> None:
        config = session.config
        self.session = session
        self.folder = Path(config.getoption("--folder"))
        self.results = self.folder / "results.jsonl"
        self.at_once, self.only = config.getoption("--at-once"), config.getoption("--only")
        self.number, self.seed = config.getoption("--number"), config.getoption("--seed")
        self.items = {item.nodeid: item for item in session.items}
        known = json.loads((self.folder / "map.json").read_text())
        self.lines, self.seconds = known["lines"], known["seconds"]
        self.children: list[Child] = []
        self.done = 0

    def run(self) -> None:
        mutants = sample(targets(), self.number, self.seed)
        settled = {row["key"] for row in read(self.results) if row["outcome"] != "survived"}
        wanted = [one for one in mutants if self.only in f"{one.key} {one.file} {one.function}"]
        waiting = [one for one in wanted if one.key not in settled]
        self.say(f"{len(wanted)} mutants, {len(wanted) - len(waiting)} of them were killed before.")
        gc.freeze()
        for mutant in waiting:
            while len(self.children) >= self.at_once:
                self.gather(0.2)
            self.start(mutant)
        while self.children:
            self.gather(0.2)

    def tests_of(self, mutant: Mutant) -> list[pytest.Item]:
        """Those that run a line of it: those of its own app first, and the quicker first."""
        lines = self.lines.get(mutant.file, {})
        found = {test for line in mutant.lines for test in lines.get(str(line), ())} & set(self.items)
        parts = [part for part in mutant.file.split("/") if part not in ("steppingup", "actions", "models")]
        near = f"tests/{parts[0]}/"
        ordered = sorted(found, key=lambda test: (not test.startswith(near), self.seconds.get(test, 9)))
        chosen, total = [], 0.0
        for test in ordered:
            total += self.seconds.get(test, 9)
            if total > MOST_SECONDS and chosen:
                break
            chosen.append(self.items[test])
        return chosen

    def start(self, mutant: Mutant) -> None:
        items = self.tests_of(mutant)
        if not items:
            imported = any("" in self.lines.get(mutant.file, {}).get(str(line), ()) for line in mutant.lines)
            outcome = (
                ("invalid", "it runs only while it is imported") if imported else ("survived", "no test runs this")
            )
            self.note(mutant, *outcome, 0.0)
            return
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            os.setpgid(0, 0)
            outcome, words = "crashed", ""
            try:
                outcome, words = attempt(self.session, mutant, items)
            finally:
                os.write(writer, json.dumps([outcome, words]).encode())
                os._exit(0)  # nothing of the parent is tidied up here
        os.close(writer)
        expected = sum(self.seconds.get(item.nodeid, 9) for item in items)
        self.children.append(Child(pid, reader, mutant, time.monotonic(), START + SLOWER * expected))

    def gather(self, seconds: float) -> None:
        ready, _, _ = select.select([child.pipe for child in self.children], [], [], seconds)
        now = time.monotonic()
        for child in list(self.children):
            late = now - child.started > child.longest
            if child.pipe not in ready and not late:
                continue
            if child.pipe in ready:
                told = os.read(child.pipe, 100_000)
                outcome, words = json.loads(told) if told else ("killed", "the process died")
            else:
                outcome, words = "killed", "it never ended"
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            os.close(child.pipe)
            self.children.remove(child)
            self.note(child.mutant, outcome, words, now - child.started)

    def note(self, mutant: Mutant, outcome: str, words: str, seconds: float) -> None:
        self.done += 1
        row = {"key": mutant.key, "outcome": outcome, "by": words, "mutant": str(mutant), "seconds": round(seconds, 1)}
        with self.results.open("a") as file:
            file.write(json.dumps(row) + "\n")
        self.say(f"{self.done:>4} {outcome:<9} {seconds:5.1f} s  {mutant}\n{'':18}{words}")

    def say(self, text: str) -> None:
        reporter: Any = self.session.config.pluginmanager.get_plugin("terminalreporter")
        reporter.write_line(text)


def read(path: Path) -> list[dict]:
    """The last word on each mutant."""
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return list({row["key"]: row for row in rows}.values())


def attempt(session: pytest.Session, mutant: Mutant, items: list[pytest.Item]) -> tuple[str, str]:
    """In the child: change the code, and run the tests until one fails."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    session.config.pluginmanager.unregister(reporter)
    if not put_in(mutant):
        return "invalid", "the changed function is not in use"
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return "killed", item.nodeid
    return "survived", f"{len(items)} tests"


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from codes(one)


def put_in(mutant: Mutant) -> bool:
    """Give every function whose code differs its new code, wherever it has been imported to."""
    path = str(ROOT / mutant.file)
    old = list(codes(compile((ROOT / mutant.file).read_text(encoding="utf-8"), path, "exec")))
    new = list(codes(compile(mutant.code, path, "exec")))
    before, after = (
        [part for code in every if code.co_qualname == mutant.function for part in codes(code)] for every in (old, new)
    )
    swap = {was: becomes for was, becomes in zip(before, after, strict=False) if was != becomes}
    gc.unfreeze()
    functions = [one for one in gc.get_objects() if isinstance(one, FunctionType) and one.__code__ in swap]
    try:
        for function in functions:
            function.__code__ = swap[function.__code__]
    except ValueError:  # it needs other variables from around it
        return False
    return bool(functions)
