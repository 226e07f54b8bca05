"""Spreading many applications over the assessors at once."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from django.db import transaction

from applications.actions.reviews import assign
from applications.actions.telling import tell_assessor, to_score
from applications.impartial import plan_for, without_own
from applications.models import Application, Review
from cohorts.access import require_staff
from cohorts.models import Cohort
from steppingup.accounts.actors import Actor, OwnRecord
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible

OWN = "Nobody chooses who scores their own application. Ask a colleague."


def allocate(
    *, cohort: Cohort, applications: Iterable[int], by: Actor, progress: Callable[[int], None] | None = None
) -> list[Review]:
    """Give each application as many assessors as the window asks for, evenly, never of the applicant's organisation.

    One transaction for each assessor, with the email that tells them how many they got; run again, it does only what is
    missing. One's own application is left out. Raises NotAllowed (OwnRecord when it is the only one), or NotPossible when
    there is no assessor at all."""
    require_staff(by, Permission.DECIDE_APPLICATIONS, cohort)
    ids = list(applications)
    others = without_own(ids, by)
    if ids and not others:
        raise OwnRecord(OWN)
    plan = plan_for(cohort, others)
    if not plan.pairs and plan.short:
        raise NotPossible("There is nobody who may score these applications. Give somebody the role of assessor first.")
    theirs: dict[int, list[int]] = {}
    for application, assessor in plan.pairs:
        theirs.setdefault(assessor, []).append(application)
    people = User.objects.select_related("organisation").in_bulk(theirs)
    made: list[Review] = []
    seen = 0
    for assessor, ids in sorted(theirs.items()):
        made += _give(cohort, people[assessor], sorted(ids), by)
        seen += len(ids)
        if progress:
            progress(seen)
    return made


@transaction.atomic
def _give(cohort: Cohort, assessor: User, applications: Sequence[int], by: Actor) -> list[Review]:
    """What one assessor gets, and that they are told of it, together or not at all."""
    rows = Application.objects.select_related("cohort__programme", "employer").in_bulk(applications)
    made: list[Review] = []
    for pk in applications:
        with suppress(NotPossible):  # withdrawn, or given to somebody by hand, while this ran
            made.append(assign(application=rows[pk], assessor=assessor, by=by, tell=False))
    if made:
        tell_assessor(assessor, cohort, "reviews_assigned", count=to_score(len(made)))
    return made
