"""Starting work, doing it, and picking up what was lost."""

import json
import logging
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.dispatch import Signal

from steppingup import clock
from steppingup.accounts.actors import SYSTEM, Actor, NotAllowed, System, holds_everywhere, person
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.roles import SitePermission
from steppingup.formats.english import lasting
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import current_preview, for_a_worker
from steppingup.jobs import handlers
from steppingup.jobs.handlers import JobLost
from steppingup.jobs.models import Job
from steppingup.jobs.states import JOB, MOST_ATTEMPTS, NOBODY_LEFT, PATIENCE, RECENT, STALE, STUCK, JobStatus
from steppingup.runtime.broker import nudge
from steppingup.steps.step import Waiting, Weight, step

logger = logging.getLogger(__name__)
ANEW: dict[str, Any] = {"done": 0, "note": "", "error": "", "finished_at": None, "claim": None, "ran_for": timedelta(0)}
OUR_FAULT = "Something went wrong on our side, and we have made a note of it. You can try again."
TOO_OFTEN = f"It was started {MOST_ATTEMPTS} times and stopped each time without getting any further, so we have not started it again."
TOO_LONG = (
    f"It did not get any further for {STUCK.seconds // 60} minutes, so we ended it. What was done before stays done. "
    "You can start it again."
)
TOO_LONG_IN_ALL = (
    "It had run for {time}, which is as long as such work may take, so we ended it. What was done before stays done. You can start "
    "it again."
)
#: Sent, inside the transaction, when a job stopped by a problem of ours. Whoever started it may have left its page.
stopped = Signal()


@transaction.atomic
def start(
    *,
    kind: str,
    title: str,
    about: models.Model | None,
    by: Actor = SYSTEM,
    arguments: Mapping[str, Any] | None = None,
    total: int | None = None,
    key: str = "",
    provider: Organisation | None = None,
    cohort: int | None = None,
) -> Job:
    """Have something done in a worker, as soon as the caller's transaction is committed. `title` is what people read:
    “Certificates for Bristol 2020”. The caller has checked that `by` may. Coordinators of the `provider` see it in the admin, and
    of those who keep some cohorts only whoever keeps this one, by its id.

    With a `key` there is one at a time: asking for the same again while it is unfinished returns the job that there is.

    Raises LookupError when no app has registered the kind; NotPossible while something else with this key is under way."""
    handlers.find(kind)
    given = dict(arguments or {})
    try:
        with transaction.atomic():  # a savepoint: after a refusal the caller's transaction goes on
            job = Job.objects.create(
                kind=kind,
                key=key,
                title=title[:200],
                about=about,
                arguments=given,
                total=total,
                started_by=person(by),
                provider=provider,
                cohort=cohort,
            )
    except IntegrityError:
        if not key:
            raise
        return _the_same(Job.objects.unfinished().get(kind=kind, key=key), given)
    if current_preview():  # what the work would do belongs to what the step would do
        with for_a_worker():
            handlers.find(kind)(job, lambda done, total=None, note="": None)
    _offer(job)
    return job


def _the_same(job: Job, arguments: Mapping[str, Any]) -> Job:
    """What is under way, if it is what was asked for: nobody believes that something is done which is not."""
    if job.arguments != json.loads(json.dumps(arguments)):
        raise NotPossible(f"“{job.title}” is still running. Wait until it has finished, then try again.", "running")
    return job


def _starter_or_colleague(by: Actor, job: Job) -> None:
    """Whoever started it, a coordinator of all its provider, and the system."""
    own = isinstance(by, User) and (by.is_superuser or by.pk == job.started_by_id)
    colleague = (
        isinstance(by, User) and job.provider_id and holds_everywhere(by, SitePermission.WATCH_WORK, job.provider_id)
    )
    if not own and not colleague and not isinstance(by, System):
        raise NotAllowed(f"{by} did not start this.")


def _can_be_begun_again(job: Job) -> None:
    """What people changed after the same was begun anew would be lost; what was asked for is not kept for ever."""
    if job.error == NOBODY_LEFT:
        raise NotPossible(NOBODY_LEFT, "left")
    if job.finished_at and job.finished_at < clock.now() - RECENT:
        raise NotPossible("This stopped more than 30 days ago. Ask for it again.", "too_old")
    if job.begun_anew:
        raise NotPossible("This has been started again since, so it will not be started a second time.", "begun_anew")


def _what_it_means(job: Job) -> str:
    told = handlers.who_is_told(job.kind)
    same = f" {told} will get the same email as the others. Nobody is told twice." if told else ""
    return f"It will do what is still missing. Nothing is done twice.{same}"


@step(
    Job,
    "Start it again",
    past="Started again",
    meaning=_what_it_means,
    guard=_starter_or_colleague,
    lifecycle=JOB,
    moves=("try again",),
    policy=_can_be_begun_again,
    weight=Weight.STRONG,
    final="Once started, it runs to the end.",
    waiting=Waiting(
        lambda jobs: jobs.stopped(), "background job stopped by a problem", "background jobs stopped by a problem"
    ),
)
def try_again(*, job: Job, by: Actor) -> Job:
    """Begin a job that failed once more. What it did before stays done (handlers are safe to run twice), and it still
    acts for whoever started it.

    Raises NotAllowed for strangers; NotPossible unless it failed, or when the same was begun anew since."""
    try:
        with transaction.atomic():
            JOB.move(job, "try again", attempts=0, futile=0, furthest=0, **ANEW)
    except IntegrityError as error:
        raise NotPossible("This has been started again in the meantime, and is under way.", "begun_anew") from error
    _offer(job)
    return job


def pass_on(job: Job, to: User | None) -> str:
    """Somebody else sees to it from now on: it acts for them, and they are told of what stops it. Without anybody it is given
    up. Says why where it stays as it is; the caller has asked who may."""
    locked = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.status == JobStatus.RUNNING:
        return f"“{job.title}” is running, so it stays {job.started_by}’s until it ends. Wait for it, and hand it over if it stops."
    if to is not None:
        Job.objects.filter(pk=job.pk).update(started_by=to)
    elif locked.status == JobStatus.QUEUED:
        JOB.move(locked, "fail", error=NOBODY_LEFT, finished_at=clock.now(), note="")
    else:
        Job.objects.filter(pk=job.pk).update(error=NOBODY_LEFT)
    return ""


def _offer(job: Job) -> None:
    # Not a partial: Django writes the name of what failed into the log, and a partial has none.
    transaction.on_commit(lambda: nudge("jobs.run", job.pk), robust=True)


@transaction.atomic
def claim(pk: int) -> Job | None:
    """Take the job, if it is waiting: nobody else does it from now on."""
    # Of several workers that were told of the same job one gets it, and the others do not wait to hear so.
    waiting = Job.objects.select_for_update(skip_locked=True, of=("self",))
    job = waiting.filter(pk=pk, status=JobStatus.QUEUED).first()
    if job is None:
        return None
    begun = {"attempts": job.attempts + 1, "futile": job.futile + 1}
    now = clock.now()
    return JOB.move(job, "begin", claim=uuid.uuid4(), heartbeat_at=now, got_on_at=now, begun_at=now, **begun)


@transaction.atomic
def _end(job: Job, step: str, **values: Any) -> None:
    """Take the last step, as long as the job is still this worker's. Whom it was at is not kept. Raises JobLost."""
    # Waits for `put_back`, should it be at this row: then the claim is gone, and the result is not written over what is next.
    if Job.objects.select_for_update().get(pk=job.pk).claim != job.claim:
        raise JobLost
    JOB.move(job, step, finished_at=clock.now(), note="", **values)
    if values.get("error") == OUR_FAULT:
        stopped.send(Job, job=job)


def run(pk: int) -> bool:
    """Do the job in this very process, if it is waiting. Says whether it was done now. Workers do it in another
    process (runner.py)."""
    job = claim(pk)
    return job is not None and perform(job)


def perform(job: Job) -> bool:
    """Do a job that was claimed. Says whether it was done."""

    highest = -1

    def progress(done: int, total: int | None = None, note: str = "") -> None:
        nonlocal highest
        values: dict[str, Any] = {"done": done, "note": note[:200]}
        if total is not None:
            values["total"] = total
        if done > highest:
            highest = done
            values["got_on_at"] = clock.now()
        if not still_ours(job, **values):
            raise JobLost
        job.done, job.total = done, values.get("total", job.total)

    try:
        try:
            result = handlers.find(job.kind)(job, progress)
        except NotPossible as reason:
            _end(job, "fail", error=str(reason))
        except JobLost:
            raise
        except Exception:
            logger.exception("Job %s (%s) failed.", job.uuid, job.kind)
            _end(job, "fail", error=OUR_FAULT)
        else:
            _end(job, "finish", result=dict(result or {}), done=job.total or job.done, arguments={})
            return True
    except JobLost:
        logger.warning("Job %s (%s) was taken over by another worker.", job.uuid, job.kind)
    return False


def still_ours(job: Job, **values: Any) -> bool:
    """Write down that whoever claimed the job is alive, and what there is to say. False when it is not theirs any more."""
    mine = Job.objects.filter(pk=job.pk, claim=job.claim, status=JobStatus.RUNNING)
    return bool(mine.update(heartbeat_at=clock.now(), **values))


def _held(job: Job) -> Job | None:
    """Its row, locked, if whoever claimed the job has it still."""
    mine = Job.objects.filter(pk=job.pk, claim=job.claim, status=JobStatus.RUNNING)
    # A job whose row is locked just now is being ended by its own worker: it is not lost.
    return mine.select_for_update(skip_locked=True, of=("self",)).first()


@transaction.atomic
def put_back(job: Job, *, interrupted: bool = False) -> bool:
    """Let a job that stopped half-way be begun again, unless it has stopped too often without getting any further, or is
    somebody else's by now. One that was interrupted on purpose does not count as begun. Says whether anything changed."""
    found = _held(job)
    if found is None:
        return False
    if reason := _too_long_in_all(found):  # it would only be ended later
        _give_up(found, reason)
        return True
    got_on: dict[str, Any] = {"futile": 0, "furthest": found.done} if found.done > found.furthest else {}
    so_far = {"claim": None, "ran_for": found.running_time}
    if interrupted:
        kept = got_on or {"futile": found.futile - 1}
        JOB.move(found, "put back", attempts=found.attempts - 1, **so_far, **kept)
    elif found.futile >= MOST_ATTEMPTS and not got_on:
        _give_up(found, TOO_OFTEN)
        return True
    else:
        JOB.move(found, "put back", **so_far, **got_on)
    _offer(found)
    return True


def _give_up(job: Job, error: str) -> None:
    JOB.move(job, "fail", error=error, finished_at=clock.now(), claim=None)
    stopped.send(Job, job=job)


def _too_long_in_all(job: Job) -> str:
    """Why a job that has run for longer than its kind may is ended, in a sentence; empty where it may go on."""
    longest = handlers.longest_of(job.kind)
    return TOO_LONG_IN_ALL.format(time=lasting(longest)) if job.running_time > longest else ""


def _why_ended(job: Job) -> str:
    """Why a running job is ended: it got no further for too long, or ran for too long however it got on. Empty where it may go on."""
    if job.got_on_at and job.got_on_at < clock.now() - STUCK:
        return TOO_LONG
    return _too_long_in_all(job)


def is_stuck(job: Job) -> bool:
    """Has whoever claimed it got no further for too long, or had all the time that there is for such work?"""
    mine = Job.objects.filter(pk=job.pk, claim=job.claim, status=JobStatus.RUNNING).first()
    return mine is not None and bool(_why_ended(mine))


@transaction.atomic
def end_stuck(job: Job) -> bool:
    """The job, whose process was ended, has failed; whoever started it is told. It is not begun again by itself: what holds it
    up would hold it up again. Says whether it was still theirs who claimed it."""
    found = _held(job)
    if found is not None:
        _give_up(found, _why_ended(found) or TOO_LONG)
    return found is not None


def restart_lost(*, most: int = 100) -> int:
    """Put back what died with its worker, and offer what has waited for long once more. Returns how many were put back."""
    now = clock.now()
    stale = Job.objects.filter(status=JobStatus.RUNNING, heartbeat_at__lt=now - STALE)
    lost = sum(put_back(job) for job in stale[:most])
    offer_waiting(since=now - PATIENCE, most=most)
    return lost


def offer_waiting(*, since: datetime | None = None, most: int = 1) -> None:
    """Tell workers about the jobs that wait the longest (those that wait since then)."""
    waiting = Job.objects.filter(status=JobStatus.QUEUED)
    if since:
        waiting = waiting.filter(created_at__lt=since)
    # Straight to the broker and not on commit: these rows are committed long since.
    for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:most]:
        nudge("jobs.run", pk)


def forget_old() -> None:
    """Remove what was shown of people, each kind after its time, and what was asked for in work that nobody can begin
    again any more."""
    now = clock.now()
    for kind, shown_for in handlers.times_shown().items():
        Job.objects.filter(kind=kind, finished_at__lt=now - shown_for).forget()
    Job.objects.filter(finished_at__lt=now - RECENT).exclude(arguments={}, note="").update(arguments={}, note="")
