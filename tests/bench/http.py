"""The same pages as people have them: over HTTP, through the gunicorn of the Dockerfile, on warm connections.

One connection says what one person waits; eight say how many pages the two workers answer in a second while many people
work, and how long the slowest in a hundred of them waited.
"""

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from django.conf import settings
from django.test import Client

from tests.bench.pages import Page
from tests.plugins.production import image_command
from tests.plugins.services import free_port

WARM_UPS, RUNS, CONNECTIONS, SECONDS = 10, 40, 8, 6.0


@dataclass(frozen=True)
class Wanted:
    """`wait` in milliseconds on one connection, `rate` in pages a second on eight."""

    wait: float
    rate: float


WANTED = {
    "Applications: one cohort, 50 rows": Wanted(70, 30),
    "Ranking and shortlist, 250 rows": Wanted(130, 14),
    "One application": Wanted(45, 45),
}
BARE = "A bare view (/healthz)"


@dataclass(frozen=True)
class Figures:
    """Milliseconds on one connection (the median), and on eight: pages a second, and what 99 in 100 wait at most."""

    wait: float
    rate: float
    slowest: float


class Browser:
    """One kept connection, signed in by a session of the bench, as behind the proxy that ends TLS."""

    def __init__(self, port: int, client: Client) -> None:
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value if client.cookies else ""
        self.headers = {
            "Host": "localhost",
            "X-Forwarded-Proto": "https",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}",
        }
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, address: str) -> float:
        """Milliseconds until the whole page is here. Raises RuntimeError for anything but a page."""
        start = time.perf_counter()
        self.connection.request("GET", address, headers=self.headers)
        response = self.connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"{address} answered {response.status} {response.headers.get('Location', '')}")
        return (time.perf_counter() - start) * 1000


@contextmanager
def gunicorn() -> Iterator[tuple[int, psutil.Process]]:
    """The command of the Dockerfile on a free port, over the database of the bench."""
    port = free_port()
    words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in image_command()]
    environment = {**os.environ, "BEHIND_PROXY": "yes"}
    process = subprocess.Popen(
        [sys.executable, "-m", *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            Browser(port, Client()).get("/healthz")
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("gunicorn did not begin to answer within a minute.")


def figures_of(port: int, client: Client, page: Page) -> Figures:
    """Every thread of both workers is warmed first: each has a connection to the database of its own."""
    _together(port, client, page, seconds=1.5)
    alone = Browser(port, client)
    for _ in range(WARM_UPS):
        alone.get(page.address)
    wait = statistics.median(alone.get(page.address) for _ in range(RUNS))
    alone.connection.close()
    waits = sorted(_together(port, client, page, SECONDS))
    return Figures(wait, len(waits) / SECONDS, waits[int(len(waits) * 0.99) - 1])


def _together(port: int, client: Client, page: Page, seconds: float) -> list[float]:
    waits: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    end = time.monotonic() + seconds

    def ask(mine: list[float]) -> None:
        browser = Browser(port, client)
        while time.monotonic() < end:
            mine.append(browser.get(page.address))
        browser.connection.close()

    threads = [threading.Thread(target=ask, args=(mine,)) for mine in waits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [wait for mine in waits for wait in mine]


def memory_of(master: psutil.Process) -> float:
    """The larger of the workers, in MB."""
    return max(child.memory_info().rss for child in master.children()) / 1e6
