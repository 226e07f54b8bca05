"""What workers do for cohorts."""

from contextlib import suppress
from typing import Any

from django.urls import reverse

from cohorts.actions import certificates, choosing, grouping
from cohorts.models import Choosing, Cohort, Grouping
from steppingup.accounts.actors import SYSTEM
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.handlers import Progress, handler
from steppingup.jobs.models import Job


@handler(certificates.JOB_KIND, tells="Everybody whose certificate is still missing")
def make_certificates(job: Job, progress: Progress) -> dict[str, Any]:
    """One after the other, each saved by itself: begun again, it makes those that are still missing."""
    cohort = job.about
    if not isinstance(cohort, Cohort):
        raise LookupError("The cohort this job was for no longer exists.")
    waiting = list(certificates.waiting_for_one(cohort))
    already = max(0, (job.total or 0) - len(waiting))
    progress(already, total=already + len(waiting))
    made = 0
    for done, enrolment in enumerate(waiting, already + 1):
        with suppress(NotPossible):  # the completion was undone meanwhile
            made += certificates.make(enrolment=enrolment, by=job.started_by or SYSTEM) is not None
        progress(done, note=f"{done} of {already + len(waiting)}: {enrolment.participant}")
    count = already + made
    return {
        "url": reverse("admin:cohorts_enrolment_completion", args=[cohort.pk]),
        "message": f"{english.counted(count, 'certificate is', 'certificates are')} ready, and their owners have been told.",
    }


@handler(choosing.JOB)
def place(job: Job, progress: Progress) -> dict[str, Any]:
    """Safe to run twice: it replaces its own proposals by the same ones."""
    if not isinstance(job.about, Choosing):
        raise LookupError("The assignments this job was for no longer exist.")
    progress(0, total=2, note="Comparing what participants would like with what is offered")
    found = choosing.work_out(choosing=job.about, by=job.started_by or SYSTEM)
    progress(2, total=2)
    proposed, without = found.proposals.with_one().count(), found.proposals.filter(opportunity=None).count()
    left = f", {without} without one" if without else ""
    return {
        "url": reverse("admin:cohorts_choosing_proposal", args=[found.pk]),
        "message": f"{english.counted(proposed, 'assignment')} proposed{left}.",
    }


@handler(grouping.JOB)
def group(job: Job, progress: Progress) -> dict[str, Any]:
    """Safe to run twice: it replaces its own proposals by the same ones."""
    if not isinstance(job.about, Grouping):
        raise LookupError("The peer groups this job was for no longer exist.")
    progress(0, total=2, note="Mixing employers and sectors")
    found = grouping.work_out(grouping=job.about, by=job.started_by or SYSTEM)
    progress(2, total=2)
    best = "No other arrangement is better." if found.is_best else "It may be possible to do a little better."
    return {
        "url": reverse("admin:cohorts_grouping_proposal", args=[found.pk]),
        "message": f"{english.counted(found.proposals.count(), 'person', 'people')} in {english.counted(found.number, 'group')}. {best}",
    }
