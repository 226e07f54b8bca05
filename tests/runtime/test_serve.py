"""script/server from an empty folder to a served page, and down again."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from steppingup.runtime import serve
from steppingup.runtime.patrol import readiness, served
from tests.plugins.services import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """`python -m steppingup.runtime.serve` on a data folder, as script/server runs it."""

    def __init__(self, data_dir: Path, *words: str) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment["DATA_DIR"] = str(data_dir)
        self.output = data_dir.with_name(f"output-{time.monotonic_ns()}")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "steppingup.runtime.serve", *words],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(90)


def processor_seconds(pid: int) -> float:
    """What a process and everything it started have worked."""
    root = psutil.Process(pid)
    times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


def all_gone(folder: Path) -> None:
    """Fails, naming them, unless nothing runs for this data folder within a minute."""
    end = time.monotonic() + 60
    while left := processes_of(folder):
        if time.monotonic() > end:
            pytest.fail("still running: " + "\n".join(" ".join(psutil.Process(pid).cmdline()) for pid in left))
        time.sleep(0.1)


def processes_of(folder: Path) -> list[int]:
    """Everything that runs for this data folder: it stands in the environment or in the command line."""
    found: list[int] = []
    for process in psutil.process_iter():
        try:
            if str(folder) in process.environ().get("DATA_DIR", "") or str(folder) in " ".join(process.cmdline()):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_it_serves_a_page_starts_again_quickly_and_leaves_nothing_running(open_folder):
    data, port = open_folder / "some data", free_port()
    site = Site(data, "--empty", "--port", str(port))
    try:
        wait_until(
            lambda: "Press Ctrl-C to stop" in site.said or site.process.poll() is not None, 180, "the first start"
        )
        assert f"Stepping Up is at http://localhost:{port}" in site.said
        assert f"is the administrator:\n  http://localhost:{port}/account/first/" in site.said
        second = Site(data, "--empty", "--port", str(free_port()))
        assert second.process.wait(60) == 1
        assert "already running" in second.said
        taken = Site(open_folder / "other", "--port", str(port))
        assert taken.process.wait(60) == 1
        assert f"Port {port} cannot be used" in taken.said
        assert f"--port {port + 1}" in taken.said
    finally:
        assert site.end() == 0
    assert site.said.rstrip().endswith("Stopped.")
    all_gone(data)

    again = Site(data, "--empty", "--port", str(port))
    try:
        wait_until(lambda: answers(port), 60, "the second start")
        # Other tests run here too: their time does not count, but what shares a core with them counts up to twice.
        assert processor_seconds(again.process.pid) < 20
        wait_until(lambda: "Press Ctrl-C to stop" in again.said)
        assert readiness(port)["database"]
        process_of(data, "beat").kill()
        wait_until(lambda: "The beat process stopped unexpectedly (exit code -9)" in again.said)
        assert answers(port)
        wait_until(lambda: process_of(data, "beat"), what="beat running again")
        pages_go_on_without_the_broker(data, port, again)
    finally:
        again.end(signal.SIGTERM)
    assert (data / "empty/logs/web.log").read_text().count("web is started") == 2
    interrupted_at_any_moment(data)


def pages_go_on_without_the_broker(data: Path, port: int, site: Site) -> None:
    folder = data / "empty/broker"
    folder.rename(folder.with_name("away"))
    folder.touch()
    process_of(data, "worker").kill()
    wait_until(lambda: site.said.count("The worker process stopped unexpectedly") > 1, what="the worker giving up")
    assert answers(port)
    assert not readiness(port)["broker"]
    folder.unlink()
    wait_until(lambda: process_of(data, "worker") and readiness(port)["broker"], what="the worker running again")


def interrupted_at_any_moment(data: Path) -> None:
    """Ctrl-C ends everything, whatever is going on: from an empty folder and from a prepared one."""
    moments = random.Random(2026)
    for folder in (data, data, data, data.with_name("new")):
        site = Site(folder, "--empty", "--port", str(free_port()))
        time.sleep(moments.random() * 5)
        site.end()
        all_gone(folder)


def answers(port: int) -> bool:
    return served(port, 1).result()


def process_of(data: Path, name: str) -> psutil.Process | None:
    """Celery says in its command line what it is."""
    found = [process for pid in processes_of(data) for process in [psutil.Process(pid)]]
    return next((process for process in found if f" {name} " in " ".join(process.cmdline())), None)


def test_a_port_that_is_not_one_gets_a_sentence(capsys):
    with pytest.raises(SystemExit):
        serve.arguments(["--port", "70000"])
    assert "use a number from 1 to 65535" in capsys.readouterr().err


def test_a_taken_port_is_told_before_anything_starts():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(serve.CannotServe, match=f"Port {port} cannot be used"):
            serve.require_free(port)
