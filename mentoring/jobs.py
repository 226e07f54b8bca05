"""The matching runs in a worker: with hundreds of people it takes a second, and the page shows that it is moving."""

from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from cohorts.models import Cohort
from mentoring.actions import matching
from steppingup.accounts.actors import SYSTEM
from steppingup.formats.english import counted
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.handlers import Progress, handler
from steppingup.jobs.models import Job


@handler(matching.JOB, longest=timedelta(hours=1))
def match(job: Job, progress: Progress) -> dict[str, Any]:
    """Safe to run twice: it replaces its own proposals by the same ones."""
    if job.content_type != ContentType.objects.get_for_model(Cohort) or not isinstance(job.about, Cohort):
        raise NotPossible("This cohort no longer exists.", "gone")
    progress(0, total=2, note="Comparing what participants want with what mentors offer")
    run = matching.work_out(cohort=job.about, by=job.started_by or SYSTEM)
    progress(2, total=2)
    left = f", {len(run.unmatched)} without a mentor" if run.unmatched else ""
    return {
        "url": reverse("admin:mentoring_pair_match", args=[job.about.pk]),
        "message": f"{counted(run.pairs.count(), 'pair')} proposed{left}.",
    }
