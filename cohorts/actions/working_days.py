"""The days of the week on which a participant works: dates are then planned by them, and so is how much can still be done."""

from collections.abc import Collection
from typing import Any

from django import forms

from cohorts.models import Enrolment
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from steppingup.accounts.actors import Actor, NotAllowed, System, may
from steppingup.accounts.models import User
from steppingup.formats.recurring import WEEKDAYS, WORKING_WEEK
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, step

RUN = CohortPermission.RUN_COHORTS
NONE = "Choose at least one day."


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    """The participant, or whoever runs the cohort for them."""
    if isinstance(by, System) or (isinstance(by, User) and by.pk == enrolment.participant_id):
        return
    if not may(by, RUN, enrolment):
        raise NotAllowed(f"{by} may not say on which days {enrolment.participant} works.")


def _require_on_it(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is not on the programme.", "not_on_it"
    )


class WorkingDaysForm(StepForm):
    works_on = forms.TypedMultipleChoiceField(
        label="Working days",
        help_text="Every day of the week on which there is usually work, if only for some hours.",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NONE),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["works_on"].initial = self.subject.works_on or WORKING_WEEK


@step(
    Enrolment,
    "Say on which days they work",
    name="say_working_days",
    past="Working days said",
    story="You said on which days you work",
    meaning="Whoever plans a session for another day is told so before they save it, and the forecast counts with these days. Nobody is "
    "told by email.",
    guard=_require_own,
    policy=_require_on_it,
    form=WorkingDaysForm,
    back_by=RUN,
)
def say_working_days(*, enrolment: Enrolment, works_on: Collection[int], by: Actor) -> Enrolment:
    """The days of the week (Monday is 0) on which this participant works from now on. Days that were done stay, whenever they were, and
    whoever comes on another day is counted as ever.

    Raises NotPossible for no day, a day that there is not, and whoever is not on the programme."""
    found = Enrolment.objects.locked(enrolment.pk)
    _require_on_it(found)
    days = sorted(set(works_on))
    refuse_if(not days or not set(days) <= set(range(len(WEEKDAYS))), NONE, "required", field="works_on")
    found.works_on = days
    found.save(update_fields=["works_on"])
    return found
