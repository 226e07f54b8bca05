from datetime import timedelta
from typing import Any

from celery import shared_task

from steppingup.jobs import actions, runner
from steppingup.runtime.timetable import timed


@shared_task(name="jobs.run", bind=True)
def run(self: Any, pk: int) -> bool:
    """Do one job: asked for when its transaction is committed."""
    return actions.run(pk) if self.request.is_eager else runner.run(pk)


@timed("jobs.restart_lost", timedelta(minutes=1))
def restart_lost() -> int:
    """Every minute: jobs whose worker died, and jobs that no worker heard of."""
    return actions.restart_lost()


@timed("jobs.forget_old", timedelta(hours=1))
def forget_old() -> None:
    """Every hour: what work in the background showed of people, after its time."""
    actions.forget_old()
