"""A job runs in a process of its own: it may die, be killed or be stopped, and the worker goes on."""

from collections.abc import Callable
from datetime import timedelta

import psutil
import pytest
from django.utils import timezone

from cohorts.actions import certificates
from cohorts.models import Certificate
from steppingup.jobs import actions
from steppingup.jobs.models import Heartbeat, Job
from steppingup.jobs.states import JobStatus, Part
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete
from tests.plugins.services import Worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.folders]
GRADUATES = 12


@pytest.fixture
def under_way(celery_worker_process) -> Job:
    """Certificates for a dozen people, which a real worker makes."""
    cohort = RunningCohortFactory()
    for person in ParticipantFactory.create_batch(GRADUATES, cohort=cohort):
        complete(person)
    return certificates.issue(cohort=cohort, by=staff(provider=cohort.programme.provider))


def children(worker: Worker) -> list[psutil.Process]:
    assert worker.process
    return psutil.Process(worker.process.pid).children(recursive=True)


def bodies(worker: Worker) -> list[psutil.Process]:
    """The processes of jobs: forked from one that the worker keeps for it."""
    assert worker.process
    return [process for process in children(worker) if process.ppid() != worker.process.pid]


def made() -> int:
    return Certificate.objects.count()


def kill(worker: Worker, which: Callable[[Worker], list[psutil.Process]], *, after: int) -> None:
    """kill -9, once so many certificates are there."""
    wait_until(lambda: made() >= after and bodies(worker), what=f"certificate {after}")
    for process in which(worker):
        process.kill()


def test_a_body_that_is_killed_again_and_again_gets_on_and_nothing_happens_twice(celery_worker_process, under_way):
    worker = celery_worker_process.process
    for number, after in enumerate((1, 3, 5, 7), 2):  # once more often than work is begun that gets no further
        # Every other time also the process that they are forked from.
        kill(celery_worker_process, bodies if number % 2 else children, after=after)
        wait_until(lambda number=number: Job.objects.get().attempts == number, what=f"attempt {number}")
    wait_until(lambda: Job.objects.get().status == JobStatus.DONE, what="the certificates")
    assert Job.objects.get().attempts == 5
    assert made() == GRADUATES
    assert Message.objects.filter(kind="cohorts.certificate_ready").count() == GRADUATES
    assert worker.poll() is None


def test_a_worker_that_is_stopped_puts_the_job_back_for_the_next_one(celery_worker_process, under_way):
    wait_until(lambda: made() >= 1, what="the first certificate")
    assert Heartbeat.objects.filter(part=Part.WORKER).exists()
    [body] = bodies(celery_worker_process)
    body.suspend()  # it takes longer than the worker may wait
    celery_worker_process.stop()
    assert not body.is_running()
    job = Job.objects.get()
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    assert not Heartbeat.objects.exists()
    celery_worker_process.start()
    wait_until(lambda: Job.objects.get().status == JobStatus.DONE, what="the certificates")
    assert made() == GRADUATES


def test_with_its_worker_the_body_dies_and_the_job_is_found(celery_worker_process, under_way):
    wait_until(lambda: made() >= 1, what="the first certificate")
    left = children(celery_worker_process)
    celery_worker_process.process.kill()
    wait_until(lambda: not any(child.is_running() for child in left), what="its children ending")
    job = Job.objects.get()
    assert job.status == JobStatus.RUNNING
    assert actions.restart_lost() == 0
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert actions.restart_lost() == 1
    celery_worker_process.start()
    wait_until(lambda: Job.objects.get().status == JobStatus.DONE, what="the certificates")
    assert made() == GRADUATES
