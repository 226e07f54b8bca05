"""The timetable of beat: each task says beside its code when it is due.

@timed("applications.expire_offers", timedelta(minutes=1))
def expire_offers() -> int:
    ...
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.schedules import crontab

#: What settings hand to Celery. It is filled when Celery loads the tasks of all apps, before beat reads it.
TIMETABLE: dict[str, dict[str, Any]] = {}


def timed(name: str, due: timedelta | crontab) -> Callable[[Callable[..., Any]], Any]:
    """Make a task with this name that beat asks for, every so often or at these times.

    Whoever finds a round later than the next one leaves it: after a day without workers there is one to do, and not
    thousands."""
    TIMETABLE[name] = {"task": name, "schedule": due}
    if isinstance(due, timedelta):
        TIMETABLE[name]["options"] = {"expires": due.total_seconds()}
    return shared_task(name=name)
