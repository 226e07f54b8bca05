"""Telling a worker that there is something to do, without ever making a page wait for the broker.

The outbox and the jobs table are the memory; a nudge only makes things quicker. When it cannot be given, the
next run of the timetable finds the work.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds that a page waits for the broker, at most
SILENCE = 30.0  # seconds in which an unreachable broker is not asked again by this process

_quiet_until = 0.0
_hushed = False


def _be_quiet() -> None:
    global _quiet_until
    _quiet_until = time.monotonic() + SILENCE


def _publish(task: str, arguments: tuple[Any, ...], told: threading.Event) -> None:
    try:
        current_app.send_task(task, arguments, retry=False, ignore_result=True)
        told.set()
    except Exception as problem:  # whatever the broker's library raises: the work is found by the timetable
        logger.warning("The broker could not be told about %s%r: %s", task, arguments, problem)


def nudge(task: str, *arguments: Any) -> None:
    """Ask a worker to run the task of this name soon. Returns within about a second and never raises."""
    if _hushed:
        return
    if current_app.conf.task_always_eager:
        current_app.loader.import_default_modules()
        current_app.tasks[task].apply(arguments)
        return
    if time.monotonic() < _quiet_until:
        return
    told = threading.Event()
    # In a thread, because the time-outs of the broker's library do not cover everything that can go wrong.
    messenger = threading.Thread(target=_publish, args=(task, arguments, told), daemon=True)
    messenger.start()
    messenger.join(PATIENCE)
    if not told.is_set():
        _be_quiet()


@contextmanager
def hushed() -> Iterator[None]:
    """No nudges from this process inside the block, nor for what is committed in it: the timetable finds the work.

    For commands that write thousands of rows at once."""
    global _hushed
    _hushed = True
    try:
        yield
    finally:
        _hushed = False
