"""What mentors and participants could do themselves, and staff do for those who rang or wrote on paper."""

from typing import Any

from django import forms

from cohorts.models import Enrolment
from cohorts.states import EnrolmentStatus
from mentoring.actions.sessions import record
from mentoring.actions.wishes import wish
from mentoring.models import Pair, Theme
from mentoring.permissions import MentoringPermission
from steppingup.accounts.models import User
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.behalf import on_behalf
from steppingup.steps.step import StepForm


class WishesForm(StepForm):
    """What a participant seeks in a mentor, as it stands now."""

    area = NameInput(label="Where they can meet", max_length=120, required=False)
    note = forms.CharField(
        label="What else would make a mentor right for them",
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        themes = forms.ModelMultipleChoiceField(
            Theme.objects.filter(programme=self.subject.cohort.programme_id),
            label="What they would like to talk about",
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields = {"themes": themes, **self.fields}
        if before := getattr(self.subject, "mentoring_wish", None):
            now = {"themes": list(before.themes.all()), "area": before.area, "note": before.note}
            self.initial = {**now, **self.initial}


def _require_place(enrolment: Enrolment) -> None:
    refuse_if(enrolment.status != EnrolmentStatus.ENROLLED, "They are no longer on the programme.", "state")


def _mentor_and_participant(pair: Pair) -> list[User]:
    return [pair.enrolment.participant, pair.mentor.user]


wish_for_them = on_behalf(
    wish,
    Enrolment,
    "Say what they seek in a mentor, for them",
    name="wish_for_them",
    noun="enrolment",
    past="Wishes for a mentor entered for them",
    form=WishesForm,
    policy=_require_place,
    whose=lambda enrolment: enrolment.participant,
    permission=MentoringPermission.RUN_MENTORING,
)
record_for_them = on_behalf(
    record,
    Pair,
    "Record a session for them",
    past="Session recorded for them",
    whose=_mentor_and_participant,
    permission=MentoringPermission.RUN_MENTORING,
)
