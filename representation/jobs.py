"""What workers do for representation."""

from typing import Any

from django.urls import reverse

from representation.actions import counts, releases
from representation.models import CountFile, Snapshot
from steppingup.accounts.actors import SYSTEM
from steppingup.formats.english import counted
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.handlers import Progress, handler
from steppingup.jobs.models import Job


@handler(counts.JOB)
def take_counts(job: Job, progress: Progress) -> dict[str, Any]:
    """Begun again, it finds the snapshot that it has made."""
    file = job.about
    if not isinstance(file, CountFile):
        raise NotPossible("This file was removed.", "gone")
    made = counts.make_snapshot(
        file=file, by=job.started_by or SYSTEM, progress=lambda done: progress(done, note=f"{done:,} counts")
    )
    return {
        "url": reverse("admin:representation_snapshot_change", args=[made.pk]),
        "message": f"{counted(made.rows, 'count')} taken over.",
    }


@handler(releases.JOB)
def publish(job: Job, progress: Progress) -> dict[str, Any]:
    """Begun again, it finds the release that it has made."""
    snapshot = job.about
    if not isinstance(snapshot, Snapshot):
        raise NotPossible("These figures were removed.", "gone")
    made = releases.make_release(snapshot=snapshot, by=job.started_by or SYSTEM)
    progress(1)
    return {
        "url": reverse("admin:representation_figurerelease_grid", args=[made.pk]),
        "message": releases.said_of(made),
    }
