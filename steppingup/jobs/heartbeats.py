"""Workers and beat say now and then that they are alive, so that somebody notices when they are not.

A worker says it from a thread of its own, beat whenever it looks at its timetable. Times are the database's, so that the
clocks of several machines need not agree.
"""

import logging
import socket
import threading
import time
from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler
from celery.signals import worker_ready, worker_shutting_down
from django.db import DatabaseError, connection
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.timesince import timesince

from steppingup import clock
from steppingup.jobs import runner
from steppingup.jobs.models import Heartbeat
from steppingup.jobs.states import FORGOTTEN, SAID_EVERY, SILENT, Part

logger = logging.getLogger(__name__)


def say_alive(part: Part, process: str) -> None:
    """A heartbeat that cannot be written down is missed, and nothing else suffers."""
    try:
        Heartbeat.objects.bulk_create(
            [Heartbeat(part=part, process=process, heard_at=Now())],
            update_conflicts=True,
            unique_fields=["part", "process"],
            update_fields=["heard_at"],
        )
    except DatabaseError as problem:
        logger.warning("The heartbeat of %s could not be written down: %s", process, problem)


def verdicts() -> dict[Part, tuple[bool, str]]:
    """Of each part, whether it was heard from lately, and the rest of a sentence that says so."""
    ago = Now() - Max("heard_at")
    found = dict(Heartbeat.objects.values("part").annotate(ago=ago).values_list("part", "ago"))
    return {part: _verdict(found.get(part)) for part in Part}


def _verdict(ago: timedelta | None) -> tuple[bool, str]:
    if ago is None:
        return False, "has never been heard from"
    if ago <= SILENT:
        return True, f"was heard from {max(0, round(ago.total_seconds()))} seconds ago"
    now = clock.now()
    return False, f"has not been heard from for {timesince(now - ago, now, depth=1)}".replace("\xa0", " ")


class Scheduler(PersistentScheduler):
    """Beat's timetable, with a heartbeat when it is looked at."""

    _said_at = float("-inf")

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() - self._said_at >= SAID_EVERY.total_seconds():
            self._said_at = time.monotonic()
            say_alive(Part.BEAT, socket.gethostname())
            connection.close()
        return super().tick(*args, **kwargs)


@worker_ready.connect
def _begin(sender: Any, **_: Any) -> None:
    threading.Thread(target=_go_on, args=(sender.hostname,), daemon=True).start()


@worker_shutting_down.connect
def _stop(**_: Any) -> None:
    runner.stopping.set()


def _go_on(process: str) -> None:
    """Until the worker is to stop. Then its row goes, so that it is missed at once and not only when it was long silent."""
    runner.warm_up()
    try:
        Heartbeat.objects.filter(heard_at__lt=Now() - FORGOTTEN).delete()
        while True:
            say_alive(Part.WORKER, process)
            connection.close()
            if runner.stopping.wait(SAID_EVERY.total_seconds()):
                break
        Heartbeat.objects.filter(part=Part.WORKER, process=process).delete()
    finally:
        connection.close()
