"""Telling a worker that there is something to do, without ever making a page wait for the broker.

The outbox and the jobs table are the memory; a nudge only makes things quicker. When it cannot be given, the
next run of the timetable finds the work.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from celery import current_app

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds that a page waits for the broker, at most
SILENCE = 30.0  # seconds in which a broker that refused is not asked again by this process
MOST_HANGING = 8  # messages on their way to a broker that does not answer; further ones are not sent


@dataclass
class Line:
    """What this process knows about one broker. Two brokers have two lines: one that is away does not silence the other."""

    refused_at: float | None = None
    hanging: int = 0

    @property
    def is_silent(self) -> bool:
        refused = self.refused_at is not None and time.monotonic() < self.refused_at + SILENCE
        return refused or self.hanging >= MOST_HANGING


_lines: defaultdict[str, Line] = defaultdict(Line)
_counting = threading.Lock()
_hushed = False


def _publish(line: Line, task: str, arguments: tuple[Any, ...]) -> None:
    try:
        # By name, so that whoever nudges need not import what does the work.
        current_app.send_task(task, arguments, retry=False, ignore_result=True)
        line.refused_at = None
    except Exception as problem:  # whatever the broker's library raises: the work is found by the timetable
        line.refused_at = time.monotonic()
        logger.warning("The broker could not be told about %s%r: %s", task, arguments, problem)
    finally:
        with _counting:
            line.hanging -= 1


def nudge(task: str, *arguments: Any) -> None:
    """Ask a worker to run the task of this name soon. Returns within about a second and never raises."""
    if _hushed:
        return
    if current_app.conf.task_always_eager:
        current_app.loader.import_default_modules()
        current_app.tasks[task].apply(arguments)
        return
    line = _lines[f"{current_app.conf.broker_url} {current_app.conf.broker_transport_options}"]
    if line.is_silent:
        return
    with _counting:
        line.hanging += 1
        first = line.hanging == 1
    # In a thread, because the time-outs of the broker's library do not cover everything that can go wrong.
    messenger = threading.Thread(target=_publish, args=(line, task, arguments), daemon=True)
    messenger.start()
    if first:  # whoever comes while another message hangs does not wait as well
        messenger.join(PATIENCE)


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
