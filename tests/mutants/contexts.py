"""A plugin of pytest: which test runs which lines, and how long each test takes. One file for each process."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage

from tests.mutants.targets import ROOT, targets

# From before Django is set up, so that what runs while modules are imported is known too.
coverage = Coverage(data_file=None, include=[str(path) for path in targets()], messages=False)
coverage.start()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--contexts", required=True, help="the folder that the files go to")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Contexts(Path(config.getoption("--contexts"))), "mutants-contexts")


class Contexts:
    def __init__(self, folder: Path) -> None:
        self.file = folder / f"{os.getpid()}.json"
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        coverage.stop()
        data = coverage.get_data()
        lines = {str(Path(file).relative_to(ROOT)): data.contexts_by_lineno(file) for file in data.measured_files()}
        told = {"seconds": self.seconds, "failed": sorted(self.failed), "lines": lines}
        self.file.write_text(json.dumps(told))


def gather(folder: Path) -> dict:
    """The files of all processes as one map: file → line → tests, and test → seconds. Tests that failed are left out; the
    test “” stands for a line that runs when its module is imported."""
    told = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    failed = {name for one in told for name in one["failed"]}
    lines: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in told:
        for file, found in one["lines"].items():
            for line, tests in found.items():
                lines[file][line] |= set(tests) - failed
    seconds = {test: taken for one in told for test, taken in one["seconds"].items()}
    return {
        "seconds": seconds,
        "lines": {file: {n: sorted(t) for n, t in found.items()} for file, found in lines.items()},
    }
