"""What workers do for applications."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from applications.actions import closing, releases
from applications.dry_run import dry_run, kinds_of
from applications.models import EqualityRelease, Window
from applications.readiness import DRY_RUN
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


@handler(DRY_RUN)
def go_through(job: Job, progress: Progress) -> dict[str, Any]:
    """One kind of applicant after the other, each undone before the next; how far it is can be said only in between."""
    cohort = job.about
    if not isinstance(cohort, Cohort):
        raise NotPossible("This cohort no longer exists.", "gone")
    if current_preview() is not None:
        return {}
    cohort, reports = Cohort.objects.for_steps().select_related("rule_set").get(pk=cohort.pk), []
    kinds = kinds_of(cohort)
    for done, kind in enumerate(kinds):
        progress(done, total=len(kinds), note=f"{kind.title}: {done + 1} of {len(kinds)}")
        reports.append(dry_run(cohort, kind))
    stuck = sum(report.stuck is not None for report in reports)
    message = (
        f"{stuck} of {counted(len(reports), 'applicant')} got stuck." if stuck else "Everybody came to the certificate."
    )
    return {
        "url": reverse("admin:applications_application_dry_run", args=[cohort.pk]),
        "message": message,
        "stuck": stuck,
        "shown": {"reports": [report.as_data() for report in reports]},
    }
