"""Starts processes, starts again what falls, and stops what it started: all of it, and nothing else."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

from steppingup.runtime.signals import StopSignals

PATIENCE = 10.0  # seconds that a process has to finish what it has begun, before it is killed
TICK = 0.1  # seconds between two looks at the processes
SHORTEST, LONGEST = 1.0, 60.0  # seconds before a process that fell is started again: doubled each time
STEADY = 60.0  # seconds after which a process that runs has recovered
LARGEST_LOG = 5_000_000  # bytes; at the next start a longer one makes way for a new one, and is kept beside it
PR_SET_PDEATHSIG = 1  # Linux: the signal that a child gets when its parent is gone
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ChildDied(Exception):
    """A process ended that should have gone on; the message holds the last lines of its log."""


def _end_with_parent() -> None:
    """In the child, on Linux: even if the parent is killed outright, no process is left behind."""
    if _LIBC:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A program that is to run. `again_at` is set while it does not. One with `ended` is to end by itself, once."""

    name: str
    command: tuple[str, ...]
    log: Path
    ended: Callable[[int], None] | None = None
    process: subprocess.Popen[bytes] = field(init=False)
    started_at: float = 0.0
    log_began: int = 0
    pause: float = SHORTEST
    again_at: float | None = None

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started_at

    def last_lines(self) -> str:
        """What it has written at the end, since it was started."""
        with self.log.open("rb") as file:
            file.seek(max(self.log_began, self.log.stat().st_size - 20_000))
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-15:])

    def sweep(self) -> None:
        """Kill it and whatever it has left of its group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            # The group: gunicorn and Celery have children, which would go on without them.
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Supervisor:
    """A few processes, each in a group of its own with its log in a file. `say` is told what people should know."""

    def __init__(
        self, logs: Path, folder: Path, signals: StopSignals, say: Callable[[str], None] = lambda line: None
    ) -> None:
        self.logs = logs
        self.folder = folder
        self.signals = signals
        self.say = say
        self.children: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    def start(
        self, name: str, *command: str, ended: Callable[[int], None] | None = None, output: int | None = None
    ) -> Child:
        """`ended` is for what is to end by itself: it is told the exit code. Without an `output` all goes to the log."""
        child = Child(name, command, self.logs / f"{name}.log", ended)
        self._launch(child, output)
        self.children.append(child)
        return child

    def _launch(self, child: Child, output: int | None = None) -> None:
        if child.log.exists() and child.log.stat().st_size > LARGEST_LOG:
            child.log.replace(child.log.with_suffix(".log.1"))
        with child.log.open("ab") as log:
            log.write(f"-- {datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {child.name} is started\n".encode())
            log.flush()
            child.log_began, child.started_at, child.again_at = log.tell(), time.monotonic(), None
            child.process = subprocess.Popen(
                child.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log if output is None else output,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal reaches us alone; we pass it on in order
                preexec_fn=_end_with_parent,
            )

    def run(self, name: str, *command: str) -> Child:
        """A program that does something and ends; what it prints goes to the terminal, its errors to the log.

        Raises ChildDied if it fails, Stopped if somebody asked for an end meanwhile."""
        sys.stdout.flush()
        child = self.start(name, *command, output=sys.stdout.fileno())
        while child.process.poll() is None:
            self.signals.sleep(TICK)
        self.children.remove(child)
        if child.process.returncode:
            raise self._died(child)
        return child

    def _died(self, child: Child) -> ChildDied:
        return ChildDied(
            f"The {child.name} process stopped unexpectedly (exit code {child.process.returncode}). "
            f"The end of {child.log}:\n{child.last_lines()}"
        )

    def watch(self, until: Callable[[], bool], *, restart: bool = True) -> None:
        """Look after the processes until something is true. One that falls is started again, after a pause that grows
        while it goes on falling. Raises Stopped if somebody asked for an end; ChildDied instead of starting again when
        that is not wanted."""
        while not until():
            for child in list(self.children):
                if child.again_at is None and child.process.poll() is not None:
                    if child.ended:
                        self.children.remove(child)
                        child.ended(child.process.returncode)
                    elif restart:
                        self._fell(child)
                    else:
                        raise self._died(child)
                elif child.again_at is not None and time.monotonic() >= child.again_at:
                    self._launch(child)
            self.signals.sleep(TICK)

    def _fell(self, child: Child) -> None:
        child.sweep()
        child.pause = SHORTEST if child.age > STEADY else child.pause
        self.say(
            f"The {child.name} process stopped unexpectedly (exit code {child.process.returncode}); "
            f"starting it again in {child.pause:.0f} s. The reason is at the end of {child.log}."
        )
        child.again_at = time.monotonic() + child.pause
        child.pause = min(LONGEST, 2 * child.pause)

    def replace(self, child: Child, why: str) -> None:
        """Start one again that runs, but does not do its work."""
        self.say(f"The {child.name} process {why}; starting it again.")
        child.sweep()
        self._launch(child)

    def stop(self) -> None:
        """Ask each to finish, newest first; kill those that do not, and whatever they have left of their groups.
        A second Ctrl-C is an end of patience."""
        running = [child for child in self.children if child.process.poll() is None]
        for child in reversed(running):
            child.process.terminate()
        end = time.monotonic() + PATIENCE
        while any(child.process.poll() is None for child in running):
            if time.monotonic() > end or self.signals.count > 1:
                break
            self.signals.pause(TICK)
        self.sweep()

    def sweep(self) -> None:
        """Kill everything at once."""
        for child in self.children:
            child.sweep()
        self.children.clear()

    def exit_at_once(self) -> None:
        """For a signal handler: nothing is waited for, no lock is taken."""
        for child in self.children:
            with contextlib.suppress(OSError):
                os.killpg(child.process.pid, signal.SIGKILL)
        os._exit(1)


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
