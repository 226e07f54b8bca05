"""What workers do for cohorts."""

from contextlib import suppress
from typing import Any

from django.urls import reverse

from cohorts.actions import certificates
from cohorts.models import Cohort
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
