"""What a participant says of a need for coaching: in a list, in their words, and, if they like, by a goal of their own plan (B50)."""

from typing import Any

from django import forms
from django.db import transaction

from cohorts.models import CoachingRequest, Enrolment, Goal
from cohorts.models.coaching import LONGEST, MOST_SESSIONS
from cohorts.models.development import GoalQuerySet
from cohorts.states.coaching import CoachingTheme
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.formats.fields import NameInput
from steppingup.steps.step import ChosenFrom, StepForm

NO_THEME, NO_WORDS = "Choose what it is about.", "Say in a few words what you need."
NO_SESSIONS = f"Enter how many sessions: a whole number from 1 to {MOST_SESSIONS}."
NOT_YOURS = "Choose a goal of your plan that you have not reached yet, or none."


def is_own(by: Actor, enrolment: Enrolment) -> bool:
    return isinstance(by, User) and by.pk == enrolment.participant_id


def goals_to_name(enrolment: Enrolment) -> GoalQuerySet:
    """Their own that are not reached."""
    return Goal.objects.of_place(enrolment).filter(reached_on=None)


def whole_number(label: str, sentence: str, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence),
        **more,
    )


def money(label: str, **more: Any) -> forms.DecimalField:
    sentence = "Enter an amount in pounds, such as 150 or 150.50, or 0."
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits"), sentence
        ),
        **more,
    )


class RequestForm(StepForm):
    """What it is about, in a list and in their words, how many sessions, and when. Only the participant sees their goals, and names one."""

    theme = forms.ChoiceField(
        label="What is it about?",
        choices=CoachingTheme.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_THEME),
    )
    words = forms.CharField(
        label="What do you need?",
        help_text="Those who run the programme read it. If it goes beyond the days of the programme, the line manager reads what it is about, and not these words.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": NO_WORDS, "max_length": f"Keep it to {LONGEST:,} characters."},
    )
    goal = ChosenFrom(
        Goal,
        goals_to_name,
        said=lambda goal: goal.entry.title,
        label="Is it for a goal of your plan? (optional)",
        help_text="Those who run the programme then read what the goal is called, and nothing else of your plan. You can take that back.",
        required=False,
        empty_label="None that I want to name",
        error_messages=dict.fromkeys(("invalid_choice", "invalid"), NOT_YOURS),
    )
    sessions = whole_number("How many sessions?", NO_SESSIONS, MOST_SESSIONS)
    when = NameInput(label="When would suit you? (optional)", max_length=200, required=False)
    tells_manager = forms.BooleanField(
        label="Tell my line manager once it is arranged",
        help_text="They are told when it is, and not what it is about.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goals: Any = self.fields["goal"]
        if not is_own(self.by, self.subject) or not goals.queryset.exists():
            del self.fields["goal"]
        if self.subject.line_manager_id is None:
            del self.fields["tells_manager"]


@transaction.atomic
def forget_goal(*, coaching: CoachingRequest, by: Actor) -> CoachingRequest:
    """The request names no goal any more, and stands as it is. Nobody is told."""
    if not is_own(by, coaching.enrolment):
        raise NotAllowed(f"Only {coaching.enrolment.participant} takes it back.")
    CoachingRequest.objects.filter(pk=coaching.pk).update(goal=None)
    coaching.goal = None
    return coaching
