"""What a cohort still needs before people can apply for it, where that is somebody else's task: they are asked."""

from typing import Any

from django import forms
from django.conf import settings as project

from cohorts import notices
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from cohorts.queries import staff_of
from cohorts.readiness import Point, missing, who_may
from cohorts.states import CohortStatus
from steppingup.accounts.actors import Actor, may
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import StepForm, step


def for_others(cohort: Cohort, by: Actor) -> list[Point]:
    """What is missing and this person cannot put right."""
    return [point for point in missing(cohort) if not may(by, point.permission, cohort)]


def _require_getting_ready(cohort: Cohort) -> None:
    still = (CohortStatus.DRAFT, CohortStatus.PUBLISHED)
    refuse_if(cohort.status not in still, "This cohort has begun, so nothing is prepared for it any more.", "begun")


class AskForm(StepForm):
    what = forms.ChoiceField(
        label="What is to be prepared?", error_messages={"required": "Choose what is to be prepared."}
    )
    message = forms.CharField(
        label="What would you like to tell them?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = for_others(self.subject, self.by)
        field: Any = self.fields["what"]
        field.choices = [(one.title, f"{one.title}: for the {who_may(one.permission)}") for one in found]
        if not found:
            field.help_text = "Nothing is missing that is somebody else’s task."
        if len(found) == 1:
            field.initial = found[0].title


@step(
    Cohort,
    "Ask a colleague",
    name="ask_colleague",
    past="Colleague asked",
    meaning="Everybody whose task it is gets an email, with what you say and the page on which it is done.",
    permission=CohortPermission.EDIT_PROGRAMMES,
    policy=_require_getting_ready,
    form=AskForm,
    final="Whoever was asked has the email.",
)
def ask_colleague(*, cohort: Cohort, what: str, by: Actor, message: str = "") -> Cohort:
    """Ask whoever may to prepare something that a cohort lacks; `what` is its title on the page “Getting ready”.

    Raises NotPossible when that is there by now, is the asker's own task, or nobody has the role for it."""
    point = next((one for one in for_others(cohort, by) if one.title == what), None)
    if point is None:
        raise NotPossible("This is there by now, or you can do it yourself.", "unchanged", field="what")
    people = [one for one in staff_of(cohort, point.permission) if one != by]
    refuse_if(
        not people,
        f"Nobody is {who_may(point.permission)} at {cohort.programme.provider} yet. Give somebody the role first, under “People”.",
        "nobody",
        field="what",
    )
    for colleague in people:
        notices.ask_to_prepare(
            cohort, colleague, point.title, f"{project.SITE_URL}{point.url}", asked_by=str(by), message=message.strip()
        )
    return cohort
