"""How much memory something takes beyond what its process had: read from the high-water mark that Linux keeps, which costs nothing."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1_000_000
#: What a request may take, whatever is typed or uploaded.
MOST = 300 * MEGABYTE


@dataclass
class Taken:
    """Bytes at the highest, once it is over."""

    bytes: int = 0

    @property
    def in_words(self) -> str:
        return f"{self.bytes / MEGABYTE:.0f} MB"


def _of(process: int | str, what: str) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) * 1024
    return 0


def _give_back() -> None:
    """What was freed and is kept for the next who asks would not be counted. (Other C libraries keep less.)"""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def measured() -> Iterator[Taken]:
    """What this process takes meanwhile beyond what it has now."""
    _give_back()
    taken, before = Taken(), _of("self", "VmRSS:")
    Path("/proc/self/clear_refs").write_text("5")  # the mark begins anew
    yield taken
    taken.bytes = max(0, _of("self", "VmHWM:") - before)


def _children(process: int) -> list[int]:
    with suppress(OSError):
        return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


@contextmanager
def watched(process: int) -> Iterator[Taken]:
    """The most that a child of a process has, looked at every few milliseconds; each with all that it shares."""
    taken, over = Taken(), threading.Event()

    def look() -> None:
        while not over.wait(0.004):
            for child in _children(process):
                with suppress(OSError):
                    taken.bytes = max(taken.bytes, _of(child, "VmHWM:"))

    watcher = threading.Thread(target=look)
    watcher.start()
    yield taken
    over.set()
    watcher.join()
