"""Several people at the same moment: each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

LONGEST = 120  # seconds


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Begin all of them in the same moment. What each returned, or the exception that it raised, in their order."""
    results: list[Any] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def work(number: int) -> None:
        try:
            start.wait(LONGEST)
            results[number] = jobs[number]()
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[number]) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    return results
