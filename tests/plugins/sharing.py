"""Which tests stay in one process, because they share what takes long to make (`--dist loadgroup`), and which come first:
a long one that is begun last would leave the other processes with nothing to do.

By folder rather than by the mark `xdist_group`: pytest-xdist 3.8 writes that into the names of tests, which pytest 9.2
no longer lets it do, so every process would load the demonstration for itself."""

import gc

import pytest
from xdist.scheduler import LoadGroupScheduling

from steppingup.runtime.collector import leave_loaded_alone

TOGETHER = (
    ("tests/demo/",),
    ("tests/platform/test_old_database",),
    ("tests/sweeps/test_queries",),
    ("tests/sweeps/test_hostile", "tests/sweeps/test_together"),  # all pages with forms, read once
    ("tests/sweeps/test_focus_and_targets", "tests/sweeps/test_headings"),  # all pages, drawn once
    ("tests/sweeps/test_numbers",),
)
LONG = (
    *("tests/demo/", "tests/bench/", "tests/journeys/", "tests/runtime/test_serve", "tests/platform/test_production"),
    *("tests/desk/test_accessibility", "tests/sweeps/test_queries", "tests/jobs/test_processes", "tests/sweeps/"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, begin in enumerate(LONG) if item.nodeid.startswith(begin)), len(LONG)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """What is loaded stays, so nothing is looked for that could be thrown away."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests, Django and every library are loaded: looking through them again and again takes its time."""
    leave_loaded_alone()
    gc.enable()


class Together(LoadGroupScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((begins[0] for begins in TOGETHER if nodeid.startswith(begins)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None
