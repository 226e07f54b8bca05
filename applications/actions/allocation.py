"""Spreading many applications over the assessors at once."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db import transaction

from applications.actions.access import require_for_cohort
from applications.actions.reviews import assign
from applications.actions.telling import tell_assessor, to_score
from applications.impartial import plan_for
from applications.models import Application, Review
from cohorts.models import Cohort
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.audit.lifecycle import NotPossible


def allocate(
    *, cohort: Cohort, applications: Iterable[int], by: Actor, progress: Callable[[int], None] | None = None
) -> list[Review]:
    """Give each application as many assessors as the window asks for, evenly, never of the applicant's organisation.

    One transaction for each application, then one e-mail to each assessor; run again, it does only what is missing.
    Raises NotAllowed, or NotPossible when there is no assessor at all."""
    require_for_cohort(by, Permission.DECIDE_APPLICATIONS, cohort)
    wanted = list(applications)
    plan = plan_for(cohort, wanted)
    if not plan.pairs and plan.short:
        raise NotPossible("There is nobody who may score these applications. Give somebody the role of assessor first.")
    people = User.objects.select_related("organisation").in_bulk({assessor for _, assessor in plan.pairs})
    rows = Application.objects.select_related("cohort__programme", "employer").in_bulk({pk for pk, _ in plan.pairs})
    made: list[Review] = []
    for number, (application, assessor) in enumerate(plan.pairs, 1):
        try:
            made.append(assign(application=rows[application], assessor=people[assessor], by=by, tell=False))
        except NotPossible:
            continue  # withdrawn, or given to somebody by hand, while this ran
        finally:
            if progress:
                progress(number)
    _tell(cohort, made)
    return made


@transaction.atomic
def _tell(cohort: Cohort, made: list[Review]) -> None:
    counts = Counter(review.assessor_id for review in made)
    for assessor in User.objects.filter(pk__in=counts).order_by("pk"):
        tell_assessor(assessor, cohort, "reviews_assigned", count=to_score(counts[assessor.pk]))
