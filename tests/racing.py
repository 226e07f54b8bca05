"""Several people at the same moment: each in a thread with a database connection of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections, transaction

LONGEST = 120  # seconds
PAUSE = 0.5  # seconds for which the first of two keeps its locks, so that the second runs into them


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


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What `second` returned or raised, begun while `first` was done and not committed yet."""
    done, results = threading.Event(), []

    def begin() -> None:
        with transaction.atomic():
            first()
            done.set()
            time.sleep(PAUSE)

    def follow() -> None:
        done.wait(LONGEST)
        results.append(second())

    answers = at_once([begin, follow])
    if answers[0] is not None:
        raise answers[0]
    return results[0] if results else answers[1]
