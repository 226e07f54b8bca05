"""What runs in the child process of a job. `runner` starts it; Django is set up in the process that it is forked from."""

import os
import resource
import threading
from multiprocessing import parent_process
from multiprocessing.connection import wait
from uuid import UUID

from steppingup.jobs.actions import perform
from steppingup.jobs.models import Job
from steppingup.jobs.states import MEMORY


def main(pk: int, claim: UUID) -> None:
    """Do a job that `runner` has claimed."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))  # it fails, instead of what the system chooses
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    if job := Job.objects.filter(pk=pk, claim=claim).first():
        perform(job)


def _end_with_the_worker() -> None:
    """A worker that was killed outright does not leave anybody working for it: the job is begun again elsewhere."""
    if runner := parent_process():
        wait([runner.sentinel])
        os._exit(1)
