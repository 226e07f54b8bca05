"""What workers do for applications."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from applications.actions import closing, releases
from applications.models import EqualityRelease, Window
from cohorts.models import Cohort, Programme
from steppingup.accounts.actors import SYSTEM
from steppingup.formats.english import counted
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import current_preview
from steppingup.jobs.handlers import Progress, handler
from steppingup.jobs.models import Job


@handler(releases.JOB)
def publish_figures(job: Job, progress: Progress) -> dict[str, Any]:
    """Begun again, it finds what it has published already."""
    programme, stage, cohort = job.about, job.arguments["stage"], job.arguments["cohort"]
    if not isinstance(programme, Programme):
        raise NotPossible("This programme no longer exists.", "gone")
    if current_preview() is not None:
        return {}  # nobody is told, and nobody sees a number beforehand
    made = EqualityRelease.objects.filter(programme=programme, stage=stage, cohort=cohort, made_at__gte=job.created_at)
    release = made.first() or releases.freeze(
        programme=programme,
        stage=stage,
        cohort=Cohort.objects.get(pk=cohort) if cohort else None,
        by=job.started_by or SYSTEM,
        progress=lambda done: progress(done, note=f"{done} of {job.total} questions"),
    )
    return {
        "url": reverse("applications:equality_release", args=[release.pk]),
        "message": "The figures are published. They stay as they are.",
    }


@handler(closing.JOB, tells="Everybody who has not heard of it yet")
def tell_of_moved_closing(job: Job, progress: Progress) -> dict[str, Any]:
    """One letter after the other, each saved by itself: begun again, it writes those that are still missing."""
    window = job.about
    if not isinstance(window, Window):
        raise NotPossible("These application dates no longer exist.", "gone")
    before, closes_at = (datetime.fromisoformat(job.arguments[name]) for name in ("before", "closes_at"))
    window.closes_at = closes_at  # where it is another one by now, nobody else hears of this one
    written, missed = closing.tell_all(
        window, before, job.created_at, lambda done, total: progress(done, total, f"{done} of {total}")
    )
    told = f"{counted(written, 'person has', 'people have')} been told that applications close at another time."
    left = f" {counted(len(missed), 'person')} could not be told, so please tell them yourself." if missed else ""
    return {
        "url": reverse("admin:applications_window_change", args=[window.pk]),
        "message": f"{told}{left}",
        "missed": missed,
    }
