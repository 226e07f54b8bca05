"""Which requirements do the passing tests show?

A test names them: `@pytest.mark.requirement("B36", "B38")`. docs/requirements.md lists every one that there is;
an unknown one stops the run. `--requirements` prints the result, also when the tests run on several cores.
"""

import re
from collections import defaultdict
from pathlib import Path

import pytest

LIST = Path(__file__).resolve().parents[2] / "docs" / "requirements.md"
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+?) \|$", re.MULTILINE)


def all_requirements() -> dict[str, str]:
    """Every requirement's id with its sentence, in the order of the list."""
    return dict(ROW.findall(LIST.read_text(encoding="utf-8")))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--requirements", action="store_true", help="print which requirements passing tests show, and which none shows"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Coverage(), "requirements-coverage")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = all_requirements()
    for item in items:
        ids = [name for marker in item.iter_markers("requirement") for name in (marker.args or ("nothing",))]
        for name in ids:
            if name not in known:
                raise pytest.UsageError(f"{item.nodeid}: requirement {name!r} is not in docs/requirements.md")
        if ids:
            item.user_properties.append(("requirements", sorted(set(ids))))


class Coverage:
    """Listens to the reports (in the process that gathers them) and keeps what passing tests show."""

    def __init__(self) -> None:
        self.shown: dict[str, list[str]] = defaultdict(list)
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)
        if report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
            for name, value in report.user_properties:
                if name == "requirements":
                    for requirement in value:
                        self.shown[requirement].append(report.nodeid)

    def passing(self) -> dict[str, int]:
        """How many tests that passed, from setup to teardown, show each requirement."""
        counts = {name: len([test for test in tests if test not in self.failed]) for name, tests in self.shown.items()}
        return {name: count for name, count in counts.items() if count}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        if not config.getoption("--requirements"):
            return
        shown, known = self.passing(), all_requirements()
        write = terminalreporter.write_line
        terminalreporter.section("requirements")
        write(f"Shown by passing tests: {len(shown)} of {len(known)}")
        for name, sentence in known.items():
            if name in shown:
                write(f"  {name:<4} {sentence} ({shown[name]} test{'s' if shown[name] > 1 else ''})")
        write(f"Shown by none: {len(known) - len(shown)}")
        for name, sentence in known.items():
            if name not in shown:
                write(f"  {name:<4} {sentence}")
