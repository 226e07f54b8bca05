"""Two people of a cohort who are not to be in one peer group (B11). Why is neither asked nor kept."""

from typing import Any

from cohorts.actions.grouping import RUN, require_unmade, to_group
from cohorts.models import Apart, Enrolment, Grouping
from steppingup.accounts.actors import Actor, person
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import ChosenFrom, StepForm, step


class ApartForm(StepForm):
    """Two people of the cohort."""

    one: Any = ChosenFrom(
        Enrolment,
        lambda grouping: to_group(grouping.cohort).order_by("participant__full_name"),
        label="Who",
        said=lambda one: str(one.participant),
        empty_label="Choose",
        error_messages={"required": "Choose somebody."},
    )
    other: Any = ChosenFrom(
        Enrolment,
        lambda grouping: to_group(grouping.cohort).order_by("participant__full_name"),
        label="And who",
        said=lambda one: str(one.participant),
        empty_label="Choose",
        error_messages={"required": "Choose somebody."},
    )


@step(
    Grouping,
    "Keep two people apart",
    name="keep_apart",
    past="Two people are kept apart",
    meaning="Whoever is proposed from now on, these two are in different groups if that is possible at all. Neither is told, and nobody asks why.",
    permission=RUN,
    policy=require_unmade,
    form=ApartForm,
)
def keep_apart(*, grouping: Grouping, one: Enrolment, other: Enrolment, by: Actor) -> Apart:
    """Raises NotPossible for somebody and themselves, and for people of another cohort."""
    refuse_if(one.pk == other.pk, "Choose two different people.", "themselves", field="other")
    for each in (one, other):
        refuse_if(
            each.cohort_id != grouping.cohort_id,
            f"{each.participant} is in another cohort.",
            "other_cohort",
            field="one",
        )
    first, second = sorted((one, other), key=lambda each: each.pk)
    found, _ = Apart.objects.get_or_create(one=first, other=second, defaults={"said_by": person(by)})
    return found


@step(
    Apart,
    "Let them be together",
    name="let_together",
    noun="pair",
    past="They can be together",
    meaning="The next proposal may put these two into one group.",
    permission=RUN,
    page="one",
)
def let_together(*, pair: Apart, by: Actor) -> Enrolment:
    """Whoever is proposed from now on may be with the other."""
    one = pair.one
    pair.delete()
    return one
