"""A cohort's own steps: published, started, finished, cancelled."""

from cohorts import notices
from cohorts.extensions import against_cancelling, on_publishing, when_cancelled
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from cohorts.readiness import Point, missing
from cohorts.states import COHORT
from steppingup.accounts.actors import Actor
from steppingup.history.lifecycle import refuse, refuse_if
from steppingup.steps.step import Weight, step

EDIT, RUN = CohortPermission.EDIT_PROGRAMMES, CohortPermission.RUN_COHORTS


def _lock(cohort: Cohort) -> None:
    """Nobody takes a place, or leaves one, between the look at who is there and the step."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)


def meaning_of_publishing(cohort: Cohort) -> str:
    seen = (
        "Everybody will be able to read about the cohort on the programme's page."
        if cohort.programme.is_published
        else "The programme itself is not on the site, so nobody will see the cohort until you turn that on."
    )
    lacks = missing(cohort)
    needed, others = [one for one in lacks if one.needed], [one for one in lacks if not one.needed]
    still = f"Nobody can apply without: {_titles(needed)}." if needed else ""
    besides = f"{'Also' if needed else 'Still'} missing: {_titles(others)}." if others else ""
    return " ".join(filter(None, [seen, *on_publishing(cohort), still, besides]))


def _titles(points: list[Point]) -> str:
    return "; ".join(f"{point.title[:1].lower()}{point.title[1:]}" for point in points)


@step(
    Cohort,
    "Publish the cohort",
    past="Published",
    meaning=meaning_of_publishing,
    permission=EDIT,
    lifecycle=COHORT,
    undo="unpublish",
    weight=Weight.STRONG,
)
def publish(*, cohort: Cohort, by: Actor) -> Cohort:
    """Show the cohort on the programme's page. Raises NotPossible while its plan is empty."""
    refuse_if(
        not cohort.plan.components.exists(),
        "The cohort's plan has no components yet, so nobody could see what they would do.",
        "empty_plan",
    )
    return COHORT.move(cohort, "publish")


@step(
    Cohort,
    "Take it off the site",
    past="Taken off the site",
    meaning="Visitors will no longer see the cohort. Nothing people have written is lost.",
    permission=EDIT,
    lifecycle=COHORT,
    undo="publish",
)
def unpublish(*, cohort: Cohort, by: Actor) -> Cohort:
    """Take the cohort off the site. Raises NotPossible once somebody has a place on it."""
    _lock(cohort)
    refuse_if(
        cohort.enrolments.holding_a_place().exists(),
        "People already have a place on this cohort, so it has to stay on the site. You can cancel it instead.",
        "places_taken",
    )
    return COHORT.move(cohort, "unpublish")


@step(
    Cohort,
    "Start the cohort",
    past="Started",
    meaning="The participants' days begin.",
    permission=RUN,
    lifecycle=COHORT,
)
def start(*, cohort: Cohort, by: Actor) -> Cohort:
    """The participants' days begin. Raises NotPossible when nobody has a place."""
    _lock(cohort)
    refuse_if(not cohort.enrolments.holding_a_place().exists(), "Nobody has a place on this cohort yet.", "nobody")
    return COHORT.move(cohort, "start")


@step(
    Cohort,
    "Finish the cohort",
    past="Finished",
    meaning="The cohort's days are over. You can reopen it.",
    permission=RUN,
    lifecycle=COHORT,
    undo="resume",
)
def finish(*, cohort: Cohort, by: Actor) -> Cohort:
    return COHORT.move(cohort, "finish")


@step(
    Cohort,
    "Reopen the cohort",
    past="Reopened",
    meaning="The cohort is under way again.",
    permission=RUN,
    lifecycle=COHORT,
    undo="finish",
)
def resume(*, cohort: Cohort, by: Actor) -> Cohort:
    """Finished too early: open it again."""
    return COHORT.move(cohort, "resume")


@step(
    Cohort,
    "Cancel the cohort",
    past="Cancelled",
    meaning="The cohort will not take place, or will stop early.",
    permission=EDIT,
    lifecycle=COHORT,
    weight=Weight.DANGER,
)
def cancel(*, cohort: Cohort, by: Actor) -> Cohort:
    """The cohort does not take place, or not to its end. Everybody on it is told.

    Raises NotPossible while somebody still waits for an answer, who would never hear of it."""
    refuse(" ".join(filter(None, against_cancelling(cohort))), "people_wait")
    COHORT.move(cohort, "cancel")
    for enrolment in cohort.enrolments.on_the_programme().select_related("participant"):
        enrolment.cohort = cohort  # with its programme, which every email names
        notices.tell_participant(notices.COHORT_CANCELLED, enrolment)
    when_cancelled(cohort, by)
    return cohort
