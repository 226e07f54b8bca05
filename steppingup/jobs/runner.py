"""Each job in a process of its own, which can be ended without harm to the worker (docs/adr/0009-a-process-for-each-job.md).

The process is forked from one that has Django loaded and does nothing else, so it begins at once. The worker's thread
watches it: it says for it that it is alive, puts the job back when it died, and ends it when the worker is to stop, or when
it gets no further or has run for as long as work of its kind may.
"""

import logging
import multiprocessing
import multiprocessing.forkserver
import threading
import time
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from django.db import OperationalError, close_old_connections, connection, transaction

from steppingup.jobs import actions, body
from steppingup.jobs.models import Job
from steppingup.jobs.states import AT_ONCE, GRACE, HEARTBEAT

logger = logging.getLogger(__name__)
SECONDS_TO_END = 2.0  # for a process that is asked to; then it is killed
LOOK = 1.0  # seconds between two looks at whether the worker is to stop

stopping = threading.Event()
_places = threading.BoundedSemaphore(AT_ONCE)
# Not “fork”: a copy of the worker would hold its threads' locks and share its connections.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["steppingup.runtime.loaded", body.__name__])


def warm_up() -> None:
    """Load Django for the jobs to come, before the first of them."""
    multiprocessing.forkserver.ensure_running()


def run(pk: int) -> bool:
    """Do the job in a process of its own, if it is waiting and there is a place for it in this worker. Says whether its
    process came to an end by itself. With all places taken it goes on waiting: long work never holds up the post."""
    # Not blocking: a thread that waited for a place here would be one less for emails.
    if stopping.is_set() or not _places.acquire(blocking=False):
        return False
    try:
        job = actions.claim(pk)
        if job is None:
            return False
        ended = _in_a_process(job)
    finally:
        _places.release()
    if not stopping.is_set():
        actions.offer_waiting()
    return ended


def _in_a_process(job: Job) -> bool:
    process = _processes.Process(target=body.main, args=(job.pk, job.claim), name=f"job {job.pk}", daemon=True)
    try:
        process.start()
        ended = _watch(job, process)
    finally:
        end(process)
        close_old_connections()
        interrupted = stopping.is_set()
        if actions.is_stuck(job) and actions.end_stuck(job):
            logger.error("Job %s (%s) got no further, or ran for too long, and was ended.", job.uuid, job.kind)
        elif actions.put_back(job, interrupted=interrupted) and not interrupted:
            logger.error("The process of job %s (%s) died (exit code %s).", job.uuid, job.kind, process.exitcode)
    return ended


def _watch(job: Job, process: BaseProcess) -> bool:
    """Until it has ended (True), is not ours any more, is to end, or has had its time after the worker was told to
    stop (False)."""
    last_word, told = time.monotonic(), None
    while not wait([process.sentinel], timeout=LOOK):
        now = time.monotonic()
        if now - last_word >= HEARTBEAT.total_seconds():
            last_word = now
            if not _goes_on(job):
                return False
        if stopping.is_set():
            told = told or now
            if now - told >= GRACE.total_seconds():
                return False
    return True


def _goes_on(job: Job) -> bool:
    """Say that it is alive. False when it is to end (`actions.is_stuck`), or is not ours any more. A job that just now writes its own row is
    alive, and is not waited for; a database that was away for a moment is asked again the next time."""
    close_old_connections()  # the last word was long ago
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            return not actions.is_stuck(job) and actions.still_ours(job)
    except OperationalError as problem:
        logger.warning("Nothing could be written down of job %s: %s", job.uuid, problem)
        return True


def end(process: BaseProcess) -> None:
    """Make sure that it is over."""
    if process.pid is None or process.exitcode is not None:
        return
    process.terminate()
    if not wait([process.sentinel], timeout=SECONDS_TO_END):
        process.kill()
        wait([process.sentinel])
