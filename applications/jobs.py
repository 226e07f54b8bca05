"""Work on many applications at once, done by a worker. Each can be begun again: what is done is not done twice."""

from typing import Any

from django.urls import reverse

from applications.actions.allocation import allocate
from applications.actions.decisions import decide_many
from applications.models import Application
from cohorts.models import Cohort
from steppingup.audit.lifecycle import NotPossible
from steppingup.jobs.handlers import Progress, handler
from steppingup.jobs.models import Job


def _person(job: Job) -> Any:
    if job.started_by is None:
        raise NotPossible("Whoever asked for this is gone.")
    return job.started_by


@handler("applications.allocate")
def allocate_job(job: Job, progress: Progress) -> dict[str, str]:
    cohort = Cohort.objects.select_related("programme", "window").get(pk=job.arguments["cohort"])
    ids = job.arguments["applications"]
    progress(0, total=len(ids) * cohort.window.assessors_each)
    made = allocate(cohort=cohort, applications=ids, by=_person(job), progress=progress)
    return {
        "url": reverse("admin:applications_application_changelist"),
        "message": f"{len(made)} reviews were assigned, and the assessors were told.",
    }


@handler("applications.decide")
def decide_job(job: Job, progress: Progress) -> dict[str, str]:
    """One decision about many. A worker that begins again finds those that are done, and passes over them."""
    what = job.arguments
    related = ("cohort__programme__provider", "cohort__window", "applicant", "employer", "fee_agreement")
    rows = Application.objects.select_related(*related).in_bulk(what["applications"])
    chosen = [rows[pk] for pk in what["applications"] if pk in rows]
    progress(0, total=len(chosen))
    outcome = decide_many(
        applications=chosen,
        step=what["step"],
        reason=what["reason"],
        note=what["note"],
        by=_person(job),
        progress=progress,
    )
    return {
        "url": reverse("admin:applications_application_ranking", args=[what["cohort"]]),
        "message": outcome.sentence(),
    }
