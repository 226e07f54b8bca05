from celery import shared_task

from steppingup.jobs import actions


@shared_task(name="jobs.run")
def run(pk: int) -> bool:
    """Do one job: asked for when its transaction is committed."""
    return actions.run(pk)


@shared_task(name="jobs.restart_lost")
def restart_lost() -> int:
    """Every minute: jobs whose worker died, and jobs that no worker heard of."""
    return actions.restart_lost()
