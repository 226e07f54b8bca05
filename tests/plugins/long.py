"""`--long`: more generated cases than a run of every day has time for. What a test wants to be read at the end of a run, in
whichever process it ran, it hands to `said_at_the_end`."""

from collections.abc import Callable
from typing import Any

import pytest

SAID = "said at the end"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="generate many more cases (minutes to an hour)")


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--long"))


@pytest.fixture
def said_at_the_end(record_property: Callable[[str, Any], None]) -> Callable[[str], None]:
    return lambda sentence: record_property(SAID, sentence)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, sentence in report.user_properties:
            if name == SAID:
                terminalreporter.write_line(sentence)
