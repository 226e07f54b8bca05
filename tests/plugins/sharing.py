"""Which tests stay in one process, because they share what takes long to make (`--dist loadgroup`).

By folder rather than by the mark `xdist_group`: pytest-xdist 3.8 writes that into the names of tests, which pytest 9.2
no longer lets it do, so every process would load the demonstration for itself."""

import pytest
from xdist.scheduler import LoadGroupScheduling

TOGETHER = ("tests/demo/",)


class Together(LoadGroupScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None
