"""A piece of work that runs by itself."""

from datetime import timedelta

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class JobStatus(models.TextChoices):
    QUEUED = "queued", "Waiting to start"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Stopped by a problem"


class Part(models.TextChoices):
    """A kind of process that works where nobody sees it."""

    WORKER = "worker", "Worker"
    BEAT = "beat", "Beat"


S = JobStatus
UNFINISHED = (S.QUEUED, S.RUNNING)

HEARTBEAT = timedelta(seconds=15)  # how often a process that has a job says that it is alive
STALE = timedelta(seconds=90)  # after so long without a word it is taken for dead
PATIENCE = timedelta(seconds=30)  # a job that has waited so long is offered to the workers again
SAID_EVERY = timedelta(seconds=20)  # workers and beat say that they are alive
SILENT = timedelta(seconds=90)  # after so long without a word something is wrong with them
FORGOTTEN = timedelta(days=1)  # whoever was silent for so long is not coming back under that name
GRACE = timedelta(seconds=5)  # what a job may go on for when its worker is to stop; then it is put back
AT_ONCE = 2  # jobs in one worker; its other threads are for the post and the timetable
RECENT = timedelta(days=30)  # what stopped longer ago is no news, and cannot be begun again
MOST_ATTEMPTS = 3  # a job that took its process down so often, without getting any further, is not begun again
STUCK = timedelta(minutes=10)  # a job that has not got any further for so long is ended
LONGEST = timedelta(
    hours=4
)  # a job that has run for so long in all is ended, however well it gets on; a kind may say less or more
MEMORY = 2_000_000_000  # bytes that the process of a job may have of its own

JOB = Lifecycle(
    "job",
    JobStatus,
    initial=S.QUEUED,
    noun="job",
    moves={
        "begin": move(S.QUEUED, S.RUNNING, "Start it"),
        "finish": move(S.RUNNING, S.DONE, "Finish it"),
        "fail": move(UNFINISHED, S.FAILED, "Stop it"),
        "put back": move(S.RUNNING, S.QUEUED, "Put it back"),
        "try again": move(S.FAILED, S.QUEUED, "Try it again"),
    },
)

#: What a job says of itself whose starter has left, and which nobody took over.
NOBODY_LEFT = "Whoever started this has left, and nobody took it over. Ask for it again."
