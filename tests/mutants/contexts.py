"""A plugin of pytest: which test runs which lines, and how long each test takes. One file for each process."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage, CoverageData

from tests.mutants.targets import ROOT, targets


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--contexts", required=True, help="the folder that the files go to")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Contexts(Path(config.getoption("--contexts"))), "mutants-contexts")


class Contexts:
    def __init__(self, folder: Path) -> None:
        self.file = folder / f"lines.{os.getpid()}"
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()
        self.coverage = Coverage(data_file=str(self.file), include=[str(path) for path in targets()], messages=False)
        self.coverage.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        self.coverage.save()
        told = {"seconds": self.seconds, "failed": sorted(self.failed)}
        self.file.with_suffix(f".{os.getpid()}.json").write_text(json.dumps(told))


def gather(folder: Path) -> dict:
    """The files of all processes as one map: file → line → tests, and test → seconds. Tests that failed are left out."""
    seconds: dict[str, float] = {}
    failed: set[str] = set()
    for path in folder.glob("*.json"):
        told = json.loads(path.read_text())
        seconds |= told["seconds"]
        failed |= set(told["failed"])
    lines: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in folder.glob("lines.*"):
        if path.suffix == ".json":
            continue
        data = CoverageData(str(path))
        data.read()
        for file in data.measured_files():
            for line, tests in data.contexts_by_lineno(file).items():
                lines[str(Path(file).relative_to(ROOT))][line] |= set(tests) - failed - {""}
    return {
        "seconds": seconds,
        "lines": {file: {n: sorted(t) for n, t in found.items()} for file, found in lines.items()},
    }
