"""A cohort's own steps: published, started, finished, cancelled."""

from django.db import transaction

from cohorts import messages
from cohorts.access import require_staff
from cohorts.hooks import against_cancelling
from cohorts.models import Cohort
from cohorts.states import COHORT, EnrolmentStatus
from steppingup.accounts.actors import Actor
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible


def _lock(cohort: Cohort) -> None:
    """Nobody takes a place, or leaves one, between the look at who is there and the step."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)


@transaction.atomic
def publish(*, cohort: Cohort, by: Actor) -> Cohort:
    """Show the cohort on the programme's page."""
    require_staff(by, Permission.EDIT_PROGRAMMES, cohort)
    if not cohort.plan.components.exists():
        raise NotPossible("The cohort's plan has no components yet, so nobody could see what they would do.")
    return COHORT.move(cohort, "publish")


@transaction.atomic
def unpublish(*, cohort: Cohort, by: Actor) -> Cohort:
    """Take the cohort off the site. Raises NotPossible once somebody has a place on it."""
    require_staff(by, Permission.EDIT_PROGRAMMES, cohort)
    _lock(cohort)
    if cohort.enrolments.holding_a_place().exists():
        raise NotPossible("People have a place on this cohort already, so it stays on the site. You can cancel it.")
    return COHORT.move(cohort, "unpublish")


@transaction.atomic
def start(*, cohort: Cohort, by: Actor) -> Cohort:
    """The participants' days begin. Raises NotPossible when nobody has a place."""
    require_staff(by, Permission.RUN_COHORTS, cohort)
    _lock(cohort)
    if not cohort.enrolments.holding_a_place().exists():
        raise NotPossible("Nobody has a place on this cohort yet.")
    return COHORT.move(cohort, "start")


@transaction.atomic
def finish(*, cohort: Cohort, by: Actor) -> Cohort:
    require_staff(by, Permission.RUN_COHORTS, cohort)
    return COHORT.move(cohort, "finish")


@transaction.atomic
def resume(*, cohort: Cohort, by: Actor) -> Cohort:
    """Finished too early: open it again."""
    require_staff(by, Permission.RUN_COHORTS, cohort)
    return COHORT.move(cohort, "resume")


@transaction.atomic
def cancel(*, cohort: Cohort, by: Actor) -> Cohort:
    """The cohort does not take place, or not to its end. Everybody on it is told.

    Raises NotPossible while somebody still waits for an answer, who would never hear of it."""
    require_staff(by, Permission.EDIT_PROGRAMMES, cohort)
    if reasons := against_cancelling.about(cohort):
        raise NotPossible(" ".join(reasons))
    COHORT.move(cohort, "cancel")
    for enrolment in cohort.enrolments.filter(status=EnrolmentStatus.ENROLLED).select_related("participant"):
        enrolment.cohort = cohort
        messages.COHORT_CANCELLED.send(enrolment)
    return cohort
