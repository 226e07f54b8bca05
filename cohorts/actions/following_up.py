"""What staff do about somebody who is stuck: write to them, make it a colleague's task, or look at it again later."""

from datetime import date
from typing import Any

from django import forms

from cohorts.extensions import Trouble
from cohorts.models import Enrolment, FollowUp
from cohorts.notices import pausing as notices
from cohorts.permissions import CohortPermission
from cohorts.progress.stuck import troubles_of
from cohorts.queries import staff_of
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.accounts.models import User
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, step

RUN = CohortPermission.RUN_COHORTS
WHICH = "Choose what it is about."


def _not_ones_own(by: Actor, enrolment: Enrolment) -> None:
    require_colleague(by, enrolment.participant, "You cannot look after yourself here. Ask a colleague.")


def _require_on_it(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is not on the programme.", "not_on_it"
    )


def _found(enrolment: Enrolment, by: Actor) -> dict[str, Trouble]:
    viewer = person(by)
    return {one.kind.key: one for one in reversed(troubles_of([enrolment], viewer))} if viewer else {}


def _trouble(enrolment: Enrolment, kind: str, by: Actor) -> Trouble:
    found = _found(enrolment, by).get(kind)
    if found is None:
        raise NotPossible("This is not so any more.", "not_stuck", field="kind")
    return found


class TroubleForm(StepForm):
    """What it is about, of what there is at present."""

    begins_by = ("kind",)
    kind = forms.ChoiceField(label="What is it about?", error_messages={"required": WHICH, "invalid_choice": WHICH})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [one for one in _found(self.subject, self.by).values() if self.concerns(one)]
        field: Any = self.fields["kind"]
        field.choices = [
            (one.kind.key, f"{one.kind.title}: {one.why}") for one in sorted(found, key=lambda one: one.by)
        ]
        field.initial = field.choices[0][0] if field.choices else None
        if not found:
            field.help_text = "Nothing seems to be stuck."

    def concerns(self, trouble: Trouble) -> bool:
        return True


def words_of_ones_own(such_as: str = "") -> forms.CharField:
    """What staff add to an email that is written already."""
    return forms.CharField(
        label="What would you like to add? (optional)",
        help_text=f"A sentence of your own makes the difference{f': “{such_as}”' if such_as else '.'}",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NudgeForm(TroubleForm):
    own_words = words_of_ones_own()

    def concerns(self, trouble: Trouble) -> bool:
        return bool(trouble.says)


@step(
    Enrolment,
    "Ask how it is going",
    name="nudge",
    past="Asked how it is going",
    permission=RUN,
    guard=_not_ones_own,
    policy=_require_on_it,
    form=NudgeForm,
    final="Whoever was asked has the email.",
)
def nudge(*, enrolment: Enrolment, kind: str, by: Actor, own_words: str = "") -> Enrolment:
    """Write to a participant about what seems to be stuck, with a sentence of one's own.

    Raises NotPossible when that is not so any more, or is nothing that they are written to about."""
    found = _trouble(enrolment, kind, by)
    refuse_if(
        not found.says, "They are not written to about this. Use the page that it leads to.", "not_told", field="kind"
    )
    notices.nudge(enrolment, found.says, own_words.strip())
    return enrolment


class SnoozeForm(TroubleForm):
    until = DayInput(
        label="Not again before", error_messages={"required": "Enter the day on which it is to be looked at again."}
    )
    reason = NameInput(
        label="Why?",
        help_text="For your colleagues: “Rang on Monday, begins her assignment next week”.",
        max_length=300,
        error_messages={"required": "Say why, for your colleagues."},
    )


@step(
    Enrolment,
    "Look at it again later",
    name="snooze",
    past="To be looked at later",
    meaning="It leaves the list of those who are stuck until that day. Your colleagues see why. Nobody is told.",
    permission=RUN,
    guard=_not_ones_own,
    policy=_require_on_it,
    form=SnoozeForm,
)
def snooze(*, enrolment: Enrolment, kind: str, until: date, reason: str, by: Actor) -> FollowUp:
    """Leave one kind of trouble of a participant out of the list until a day. Raises NotPossible without a reason, for today or an
    earlier day, and where it is not so any more."""
    reason = required(reason, "Say why, for your colleagues.")
    refuse_if(until <= clock.today(), "Enter a day after today.", "past", field="until")
    _trouble(enrolment, kind, by)
    values = {"snoozed_until": until, "reason": reason}
    return FollowUp.objects.update_or_create(enrolment=enrolment, kind=kind, defaults=values)[0]


class OwnerForm(TroubleForm):
    owner = ChosenFrom(
        User,
        lambda enrolment: User.objects.filter(pk__in=[one.pk for one in staff_of(enrolment.cohort, RUN)]),
        label="Whose task is it?",
        error_messages={"required": "Choose whose task it is."},
    )
    field_order = ("kind", "owner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].initial = getattr(self.by, "pk", None)


@step(
    Enrolment,
    "Make it somebody's task",
    name="assign_trouble",
    past="Given to a colleague",
    meaning="The list shows whose task it is. Nobody is told by email.",
    permission=RUN,
    guard=_not_ones_own,
    policy=_require_on_it,
    form=OwnerForm,
)
def assign_trouble(*, enrolment: Enrolment, kind: str, owner: User, by: Actor) -> FollowUp:
    """Somebody of those who run the cohort looks after one kind of trouble of a participant. Raises NotPossible for others, and where it
    is not so any more."""
    refuse_if(
        owner not in staff_of(enrolment.cohort, RUN), f"{owner} does not run this cohort.", "not_theirs", field="owner"
    )
    _trouble(enrolment, kind, by)
    return FollowUp.objects.update_or_create(enrolment=enrolment, kind=kind, defaults={"owner": owner})[0]
