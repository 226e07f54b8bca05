"""What the tests of background work share."""

import multiprocessing
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest

from steppingup.jobs import actions, handlers, runner


@pytest.fixture
def work(monkeypatch):
    """work(function): what the kind “tests.work” does."""
    monkeypatch.setattr(handlers, "_handlers", dict(handlers._handlers))
    return lambda function: handlers._handlers.__setitem__("tests.work", function)


@pytest.fixture
def endless(monkeypatch):
    """The process of a job never ends, and whoever watches it looks often."""
    processes, spawned = multiprocessing.get_context("spawn"), []

    def start(**given):
        spawned.append(processes.Process(target=time.sleep, args=(600,), daemon=True))
        return spawned[-1]

    monkeypatch.setattr(runner, "_processes", SimpleNamespace(Process=start))
    monkeypatch.setattr(runner, "close_old_connections", lambda: None)  # the test has but one
    monkeypatch.setattr(runner, "LOOK", 0.05)
    monkeypatch.setattr(runner, "HEARTBEAT", timedelta(0))
    monkeypatch.setattr(actions, "STUCK", timedelta(seconds=0.2))
    return spawned
