"""Starts processes, watches them, and stops what it started: all of it, and nothing else."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from types import FrameType

PATIENCE = 10.0  # seconds that a process has to finish what it has begun, before it is killed
PR_SET_PDEATHSIG = 1  # Linux: the signal that a child gets when its parent is gone


class Stopped(BaseException):
    """Ctrl-C, or a signal to stop. Like KeyboardInterrupt it passes through `except Exception`."""


class ChildDied(Exception):
    """A process ended that should have gone on; the message holds the last lines of its log."""


@dataclass
class Child:
    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def last_lines(self, number: int = 15) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-number:])


def _end_with_parent() -> None:
    """In the child, on Linux: even if the parent is killed outright, no process is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """A few processes, each in a group of its own with its log in a file."""

    def __init__(self, logs: Path, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.logs = logs
        self.folder = folder
        self.environment = environment
        self.children: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, *command: str) -> Child:
        log = self.logs / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C in the terminal reaches us alone; we pass it on in order
                preexec_fn=_end_with_parent,
            )
        child = Child(name, log, process)
        self.children.append(child)
        return child

    def check(self) -> None:
        """Raises ChildDied if one of them has ended."""
        for child in self.children:
            code = child.process.poll()
            if code is not None:
                raise ChildDied(
                    f"The {child.name} process stopped by itself (exit code {code}). The end of {child.log}:\n"
                    f"{child.last_lines()}"
                )

    def wait(self, until: Callable[[], bool], seconds: float | None = None) -> bool:
        """Watch the processes until something is true. False when the time is over first. Raises ChildDied."""
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            self.check()
            if until():
                return True
            time.sleep(0.1)
        return False

    def stop(self) -> None:
        """Ask each to finish, newest first; kill those that do not, and whatever they have left of their groups."""
        for child in reversed(self.children):
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
        end = time.monotonic() + PATIENCE
        for child in self.children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, end - time.monotonic()))
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self.children.clear()


@contextmanager
def signals_stop() -> Iterator[None]:
    """Inside, SIGINT, SIGTERM and SIGHUP raise Stopped, once; stopping itself is not interrupted."""
    caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for each in caught:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    before = {number: signal.signal(number, stop) for number in caught}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def moving(what: str) -> Iterator[None]:
    """Say what is being done, and that it is still moving: seconds in a terminal, a line now and then elsewhere."""
    over, start, terminal = Event(), time.monotonic(), sys.stdout.isatty()

    def tick() -> None:
        while not over.wait(1 if terminal else 10):
            passed = int(time.monotonic() - start)
            print(f"\r{what} … {passed} s" if terminal else f"  … {passed} s", end="" if terminal else "\n", flush=True)

    print(f"{what} …", end="" if terminal else "\n", flush=True)
    ticker = Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        over.set()
        ticker.join()
        if terminal:
            print(f"\r{what} … {time.monotonic() - start:.1f} s", flush=True)
