"""Spreading many applications over the assessors at once."""

from collections.abc import Iterable
from typing import Any

from applications import notices
from applications.actions.access import DECIDE, require_decider
from applications.actions.forms import SpreadForm
from applications.models import Application, Review
from applications.selection.impartiality import not_signed_in_yet, plan_for
from applications.states import APPLICATION, ApplicationStatus
from cohorts.models import Cohort
from steppingup.accounts.actors import Actor, person
from steppingup.accounts.families import in_words
from steppingup.accounts.models import User
from steppingup.formats.english import counted
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import step


def _chosen(cohort: Cohort, applications: Iterable[int] | None) -> Any:
    """Those of the cohort that lack assessors, or as far as they do, those that were chosen."""
    lacking = Application.objects.filter(cohort=cohort).lacking_assessors().order_by("pk")
    return lacking if applications is None else lacking.filter(pk__in=list(applications))


def _require_any(cohort: Cohort) -> None:
    refuse_if(
        not _chosen(cohort, None).exists(),
        "Every application already has its assessors. There is nothing to do here.",
        "nothing",
    )


def _what_it_means(cohort: Cohort, applications: Iterable[int] | None = None) -> str:
    plan = plan_for(cohort, _chosen(cohort, applications).values_list("pk", flat=True))
    number = len({application for application, _ in plan.pairs})
    each = counted(cohort.window.assessors_each, "assessor")
    short = (
        f" {counted(len(plan.short), 'application')} will still be short of an assessor: too few people can score "
        f"{'it' if len(plan.short) == 1 else 'them'}."
    )
    waiting = not_signed_in_yet(cohort)
    return (
        f"{counted(number, 'application')} will be shared out evenly, until each has {each}. Nobody gets one from their own "
        f"organisation{in_words(cohort.programme.reach)}.{short if plan.short else ''}"
        f"{' ' if waiting else ''}{waiting}"
    )


@step(
    Cohort,
    "Share out among the assessors",
    past="Share out among the assessors",
    meaning=_what_it_means,
    permission=DECIDE,
    guard=require_decider,
    policy=_require_any,
    form=SpreadForm,
    number=lambda cohort, applications=None: _chosen(cohort, applications).count(),
)
def allocate(*, cohort: Cohort, by: Actor, applications: Iterable[int] | None = None) -> list[Review]:
    """Give each application as many assessors as the window asks for, evenly, never of the applicant's organisation, and
    tell each assessor how many they got. Without `applications`, everybody's that lacks some.

    Raises NotPossible when nobody may score these."""
    # All of them stay as they are, in the order in which others lock single ones, until their reviews are there.
    lacking = Application.objects.filter(pk__in=list(_chosen(cohort, applications).values_list("pk", flat=True)))
    found = lacking.order_by("pk").select_for_update(of=("self",)).in_bulk()
    plan = plan_for(cohort, found)
    nobody = not plan.pairs and plan.short
    first = not_signed_in_yet(cohort) or "Give somebody the assessor role first."
    refuse_if(nobody, f"Nobody can score these applications yet. {first}", "nobody")
    made = Review.objects.bulk_create(
        Review(application=found[application], assessor_id=assessor, assigned_by=person(by))
        for application, assessor in sorted(plan.pairs)
    )
    for pk in sorted({application for application, _ in plan.pairs}):
        if found[pk].status == ApplicationStatus.SUBMITTED:
            APPLICATION.move(found[pk], "start_review")
    for assessor in User.objects.filter(pk__in=plan.counts()).order_by("pk"):
        notices.tell_assigned(assessor, cohort, plan.counts()[assessor.pk])
    return made
