"""What a request costs: wall time, and the processor time that this process and its PostgreSQL spend on it."""

import gc
import os
import statistics
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.db import connection
from django.test import Client

from tests.bench.pages import body_of, get, queries_of

WARM_UPS, RUNS = 3, 15


@dataclass(frozen=True)
class Cost:
    """Milliseconds; `python` and `database` are processor time, `wall` is what a visitor waits."""

    queries: int
    wall: float
    python: float
    database: float
    bytes: int

    @property
    def processor(self) -> float:
        return self.python + self.database


@dataclass(frozen=True)
class Memory:
    """What an export adds at its highest, in bytes: Python's own, and the whole process."""

    python: int
    process: int


class Backend:
    """The PostgreSQL process that serves this connection."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.pid = connection.connection.info.backend_pid

    def seconds(self) -> float:
        """Processor time so far: to the nanosecond on Linux, to a hundredth of a second elsewhere."""
        try:
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9
        except (OSError, ValueError, IndexError):
            times = psutil.Process(self.pid).cpu_times()
            return times.user + times.system


def alone_on_one_core() -> None:
    """PostgreSQL uses no parallel workers for us: it and we take turns on one core."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")


def load_is_high() -> bool:
    """Do others use so much of the machine that wall time says more about them than about us?"""
    return os.getloadavg()[0] > (os.cpu_count() or 1) * 0.5


def cost_of(client: Client, address: str, queries: int, runs: int = RUNS) -> Cost:
    """The medians of `runs` requests after three warm-ups. The garbage of one run is not swept in the next."""
    for _ in range(WARM_UPS):
        size = body_of(get(client, address))
    backend = Backend()
    wall, python, database = [], [], []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter(), time.process_time(), backend.seconds()
        size = body_of(get(client, address))
        end = time.perf_counter(), time.process_time(), backend.seconds()
        for kept, before, after in zip((wall, python, database), start, end, strict=True):
            kept.append((after - before) * 1000)
    return Cost(queries, *map(statistics.median, (wall, python, database)), size)


def counted(client: Client, page) -> int:
    return len(queries_of(client, page))


def memory_of(client: Client, address: str) -> Memory:
    """The highest that an export adds while it is read piece by piece."""
    process = psutil.Process()
    body_of(get(client, address))
    gc.collect()
    before = most = process.memory_info().rss
    tracemalloc.start()
    for piece in get(client, address).streaming_content:
        most = max(most, process.memory_info().rss) if piece else most
    _, python = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Memory(python, most - before)
