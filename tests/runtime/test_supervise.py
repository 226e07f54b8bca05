"""script/server's supervisor starts again what falls, stops what it started, and leaves everything else alone."""

import gc
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from steppingup.runtime import supervise
from steppingup.runtime.signals import STOPPING, Stopped, StopSignals
from steppingup.runtime.supervise import ChildDied, Supervisor
from tests.plugins.services import wait_until

SLEEP = "import time; time.sleep(60)"
WITH_GRANDCHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{SLEEP}'])"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"


@pytest.fixture
def signals():
    with StopSignals() as one:
        yield one


@pytest.fixture
def supervisor(tmp_path: Path, signals):
    said: list[str] = []
    one = Supervisor(tmp_path / "logs", tmp_path, signals, said.append)
    one.said = said
    yield one
    one.stop()


def python(supervisor: Supervisor, name: str, text: str) -> supervise.Child:
    return supervisor.start(name, sys.executable, "-c", text)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def test_stopping_ends_children_and_grandchildren(supervisor):
    child = python(supervisor, "web", WITH_GRANDCHILD)
    wait_until(lambda: psutil.Process(child.process.pid).children())
    grandchild = psutil.Process(child.process.pid).children()[0].pid
    supervisor.stop()
    wait_until(lambda: gone(grandchild) and gone(child.process.pid), 30)


def test_what_somebody_else_started_goes_on(supervisor):
    other = subprocess.Popen([sys.executable, "-c", SLEEP])
    try:
        python(supervisor, "web", SLEEP)
        supervisor.stop()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_process_that_does_not_listen_is_killed(supervisor, monkeypatch):
    monkeypatch.setattr(supervise, "PATIENCE", 0.5)
    child = python(supervisor, "worker", STUBBORN)
    wait_until(lambda: "deaf" in child.log.read_text())
    supervisor.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_a_second_signal_is_an_end_of_patience(supervisor, signals, monkeypatch):
    monkeypatch.setattr(supervise, "PATIENCE", 60)
    child = python(supervisor, "worker", STUBBORN)
    wait_until(lambda: "deaf" in child.log.read_text())
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(Stopped):
        supervisor.watch(lambda: False)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 30
    assert child.process.returncode == -signal.SIGKILL


def test_what_falls_is_started_again_with_growing_pauses_and_a_sentence(supervisor, monkeypatch):
    monkeypatch.setattr(supervise, "SHORTEST", 0.1)
    steady, falling = python(supervisor, "web", SLEEP), python(supervisor, "beat", "raise SystemExit(3)")
    falling.pause = 0.1
    supervisor.watch(lambda: len(supervisor.said) == 3)
    assert "The beat process stopped unexpectedly (exit code 3); starting it again in" in supervisor.said[0]
    assert str(falling.log) in supervisor.said[0]
    assert falling.pause == pytest.approx(0.8)
    assert falling.log.read_text().count("beat is started") == 3
    assert steady.process.poll() is None
    monkeypatch.setattr(supervise, "STEADY", 0.0)  # it ran for long: the next fall is the first again
    supervisor.watch(lambda: len(supervisor.said) == 4)
    assert falling.pause == pytest.approx(0.2)


def test_before_the_site_is_up_a_process_that_falls_is_named_with_the_end_of_its_log(supervisor):
    python(supervisor, "web", SLEEP)
    python(supervisor, "beat", "print('no clock here'); raise SystemExit(3)")
    with pytest.raises(ChildDied, match=r"The beat process stopped unexpectedly \(exit code 3\)") as caught:
        supervisor.watch(after(20), restart=False)
    assert "no clock here" in str(caught.value)


def test_what_is_to_end_by_itself_is_waited_for_and_named_when_it_fails(supervisor):
    supervisor.run("prepare", sys.executable, "-c", "pass")
    assert not supervisor.children
    with pytest.raises(ChildDied, match="no tables"):
        supervisor.run("prepare", sys.executable, "-c", "raise SystemExit('no tables')")


def test_a_log_survives_the_next_start_and_a_long_one_is_kept_beside_it(supervisor, monkeypatch):
    for _ in range(2):
        supervisor.run("prepare", sys.executable, "-c", "import sys; print('said', file=sys.stderr)")
    log = supervisor.logs / "prepare.log"
    assert log.read_text().count("said") == 2
    monkeypatch.setattr(supervise, "LARGEST_LOG", 10)
    supervisor.run("prepare", sys.executable, "-c", "pass")
    assert "said" not in log.read_text()
    assert (supervisor.logs / "prepare.log.1").read_text().count("said") == 2


@pytest.mark.parametrize("number", STOPPING)
def test_a_signal_ends_the_wait_at_once_and_afterwards_everything_is_as_before(number):
    before = signal.getsignal(number)
    with StopSignals() as signals:
        threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
        began = time.monotonic()
        with pytest.raises(Stopped):
            signals.sleep(60)
        assert time.monotonic() - began < 30
    assert signal.getsignal(number) == before


class Clumsy:
    """Logs while it is taken away, where Python throws exceptions away."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        logging.getLogger("tests.clumsy").debug("Gone: %s", list(range(50)))


def test_no_signal_is_lost_wherever_it_lands(signals):
    moments = random.Random(6)
    signals.at_once = lambda: None
    for number in range(1, 201):
        threading.Timer(moments.random() / 500, os.kill, (os.getpid(), signal.SIGINT)).start()
        end = time.monotonic() + 20
        while signals.count < number:
            Clumsy()
            gc.collect(0)
            assert time.monotonic() < end, f"signal {number} was lost"


def test_the_third_signal_does_not_wait_for_anything(tmp_path):
    stubborn = (
        "import os, signal, subprocess, sys, time\n"
        "from pathlib import Path\n"
        "from steppingup.runtime.signals import StopSignals\n"
        "from steppingup.runtime.supervise import Supervisor\n"
        "with StopSignals() as signals:\n"
        "    one = Supervisor(Path(sys.argv[1]), Path('.'), signals)\n"
        "    signals.at_once = one.exit_at_once\n"
        "    child = one.start('web', sys.executable, '-c', sys.argv[2])\n"
        "    print(child.process.pid, flush=True)\n"
        "    while True: time.sleep(60)\n"
    )
    folder = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", stubborn, str(tmp_path), STUBBORN], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    child = int(process.stdout.readline())

    def interrupted() -> bool:
        """Signals that wait for one another are one: a busy machine may need a fourth."""
        process.send_signal(signal.SIGINT)
        return process.poll() is not None

    wait_until(interrupted, 30)
    assert process.returncode == 1
    wait_until(lambda: gone(child), 20)
