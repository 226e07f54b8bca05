"""Work on many applications at once, done by a worker. Each can be begun again: what is done is not done twice."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from applications.actions.allocation import allocate
from applications.actions.together import for_all
from applications.models import Application
from cohorts.models import Cohort
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.handlers import Progress, handler
from steppingup.jobs.models import Job


def _person(job: Job) -> Any:
    if job.started_by is None:
        raise NotPossible("Whoever asked for this is gone.")
    return job.started_by


def own_values(kept: dict[str, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Each application's own values, as JSON keeps them: names as text, moments as text."""
    return {
        int(pk): {name: datetime.fromisoformat(one) if name == "starts_at" else one for name, one in values.items()}
        for pk, values in kept.items()
    }


@handler("applications.allocate", tells="Each assessor who gets applications to score")
def allocate_job(job: Job, progress: Progress) -> dict[str, str]:
    cohort = Cohort.objects.select_related("programme", "window").get(pk=job.arguments["cohort"])
    ids = job.arguments["applications"]
    progress(0, total=len(ids) * cohort.window.assessors_each)
    made = allocate(cohort=cohort, applications=ids, by=_person(job), progress=progress)
    return {
        "url": reverse("admin:applications_application_ranking", args=[cohort.pk]),
        "message": f"{len(made)} reviews were assigned, and the assessors were told.",
    }


@handler("applications.decide", tells="Each applicant about whom the decision is still missing")
def decide_job(job: Job, progress: Progress) -> dict[str, str]:
    """One decision about many. A worker that begins again finds those that are done, and passes over them."""
    what = job.arguments
    related = ("cohort__programme__provider", "cohort__window", "applicant", "employer", "fee_agreement")
    rows = Application.objects.select_related(*related).in_bulk(what["applications"])
    chosen = [rows[pk] for pk in what["applications"] if pk in rows]
    progress(0, total=len(chosen))
    outcome = for_all(
        applications=chosen,
        step=what["step"],
        reason=what["reason"],
        note=what["note"],
        values=own_values(what.get("values") or {}),
        by=_person(job),
        progress=progress,
    )
    return {
        "url": reverse("admin:applications_application_ranking", args=[what["cohort"]]),
        "message": outcome.sentence(),
    }
