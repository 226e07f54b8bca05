"""A dry run of a cohort is asked for: a worker does it (applications.dry_run)."""

from django.db import transaction

from applications.readiness import DRY_RUN
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import Actor, require
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job


@transaction.atomic
def ask_for(*, cohort: Cohort, by: Actor) -> Job:
    """Have made-up people go through the programme of this cohort. Nothing of it is kept but what is told of it, for 30 days.

    Asking again while it runs returns the same job. Raises NotAllowed for whoever does not edit programmes."""
    require(by, CohortPermission.EDIT_PROGRAMMES, cohort)
    return jobs.start(
        kind=DRY_RUN,
        title=f"Dry run of {cohort}",
        about=cohort,
        by=by,
        key=str(cohort.pk),
        provider=cohort.programme.provider,
        cohort=cohort.pk,
    )
