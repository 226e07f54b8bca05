"""script/server's supervisor stops what it started, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from steppingup.runtime.supervise import ChildDied, Stopped, Supervisor, signals_stop
from tests.plugins.services import wait_until

SLEEP = "import time; time.sleep(60)"
WITH_GRANDCHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{SLEEP}'])"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"


@pytest.fixture
def supervisor(tmp_path: Path):
    one = Supervisor(tmp_path / "logs", tmp_path)
    yield one
    one.stop()


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_stopping_ends_children_and_grandchildren(supervisor):
    child = supervisor.start("web", sys.executable, "-c", WITH_GRANDCHILD)
    wait_until(lambda: psutil.Process(child.process.pid).children())
    grandchild = psutil.Process(child.process.pid).children()[0].pid
    supervisor.stop()
    wait_until(lambda: gone(grandchild) and gone(child.process.pid), 5)


def test_what_somebody_else_started_goes_on(supervisor):
    other = subprocess.Popen([sys.executable, "-c", SLEEP])
    try:
        supervisor.start("web", sys.executable, "-c", SLEEP)
        supervisor.stop()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_process_that_does_not_listen_is_killed(supervisor, monkeypatch):
    monkeypatch.setattr("steppingup.runtime.supervise.PATIENCE", 0.5)
    child = supervisor.start("worker", sys.executable, "-c", STUBBORN)
    wait_until(lambda: "deaf" in child.log.read_text())
    supervisor.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_a_process_that_dies_is_named_with_the_end_of_its_log(supervisor):
    supervisor.start("web", sys.executable, "-c", SLEEP)
    supervisor.start("beat", sys.executable, "-c", "print('no clock here'); raise SystemExit(3)")
    with pytest.raises(ChildDied, match=r"The beat process stopped by itself \(exit code 3\)") as caught:
        supervisor.wait(lambda: False, 20)
    assert "no clock here" in str(caught.value)


def test_waiting_ends_when_it_is_true_or_when_the_time_is_over(supervisor):
    assert supervisor.wait(lambda: True, 5)
    assert not supervisor.wait(lambda: False, 0.2)


def interrupted_twice(number: signal.Signals) -> None:
    try:
        os.kill(os.getpid(), number)
        time.sleep(5)
    finally:
        os.kill(os.getpid(), number)
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_once_and_a_second_one_does_not_disturb(number):
    before = signal.getsignal(number)
    with pytest.raises(Stopped, match=number.name), signals_stop():
        interrupted_twice(number)
    assert signal.getsignal(number) == before
