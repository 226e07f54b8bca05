"""Ctrl-C and its like, as something to ask for instead of something that strikes.

An exception from a signal handler lands wherever the program happens to be. In a destructor or a lock of `logging` Python
throws it away, and the signal is lost. So the handler only counts, and whoever waits is woken through a pipe.
"""

import os
import select
import signal
from collections.abc import Callable
from types import FrameType
from typing import Self

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MOST = 3  # whoever asks so often wants an end at once


class Stopped(Exception):
    """Somebody asked for an end; raised by `check` and `sleep`, at places that were chosen for it."""


class StopSignals:
    """Inside the block, signals that ask for an end are counted. `at_once` is called when there are MOST of them."""

    def __init__(self, at_once: Callable[[], None] = lambda: os._exit(1)) -> None:
        self.count = 0
        self.at_once = at_once

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        # The pipe is written to by the interpreter itself, so that no signal falls between looking and waiting.
        self._woken_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._caught) for number in STOPPING}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._woken_before)
        os.close(self._read)
        os.close(self._write)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count >= MOST:
            self.at_once()

    def pause(self, seconds: float) -> None:
        """Wait, shorter when a signal comes."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 1024)

    def check(self) -> None:
        """Raises Stopped if somebody asked for an end."""
        if self.count:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Stopped as soon as somebody asks for an end."""
        self.check()
        self.pause(seconds)
        self.check()
