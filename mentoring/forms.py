"""What participants and mentors fill in."""

import uuid
from collections.abc import Collection
from typing import Any

from django import forms

from cohorts.forms import DayField
from mentoring.actions.sessions import NO_DAY, MetForm
from mentoring.models import MOST_AT_ONCE, Mentor, MentoringWish, Theme
from steppingup.formats.fields import NameInput

LONGEST = 1500  # characters of a note or of what a mentor writes about themselves


def _themes(programme: int, **words: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        Theme.objects.filter(programme=programme),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list."},
        **words,
    )


class WishForm(forms.Form):
    """What a participant seeks (L8)."""

    area = NameInput(
        label="Where can you meet? (optional)",
        help_text="Towns, or parts of town, separated by commas. For example, Bedminster, Clifton",
        max_length=120,
        required=False,
    )
    note = forms.CharField(
        label="Is there anything else that would make a mentor right for you? (optional)",
        help_text="Your mentor will be able to read this once you are matched.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, programme: int, wish: MentoringWish | None, **kwargs: Any) -> None:
        if wish:
            kwargs["initial"] = {"themes": list(wish.themes.all()), "area": wish.area, "note": wish.note}
        super().__init__(*args, **kwargs)
        themes = _themes(
            programme,
            label="What would you like to talk about?",
            help_text="Choose as many as you like. Mentors choose from the same list.",
        )
        self.fields = {"themes": themes, **self.fields}


class ProfileForm(forms.Form):
    """What a mentor offers."""

    about = forms.CharField(
        label="About you",
        help_text="Your mentee will read this. What have you done, what did you find hard, and what can you help with?",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    area = NameInput(
        label="Where can you meet?",
        help_text="Towns, or parts of town, separated by commas. For example, Bedminster, Clifton",
        max_length=120,
        required=False,
    )
    capacity = forms.IntegerField(
        label="How many people can you mentor at a time?",
        min_value=0,
        max_value=MOST_AT_ONCE,
        error_messages={
            "required": "Enter a number, such as 1.",
            "invalid": "Enter a whole number, such as 1.",
            "min_value": "Enter 0 or more.",
            "max_value": f"Enter {MOST_AT_ONCE} or less.",
        },
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
    )
    is_available = forms.TypedChoiceField(
        label="Can you take anybody on at the moment?",
        help_text="If you choose no, you keep the people you already mentor.",
        choices=[("yes", "Yes"), ("no", "No, not at the moment")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no."},
    )

    def __init__(self, *args: Any, mentor: Mentor, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "about": mentor.about,
            "area": mentor.area,
            "capacity": mentor.capacity,
            "is_available": "yes" if mentor.is_available else "no",
            "themes": list(mentor.themes.all()),
        }
        super().__init__(*args, **kwargs)
        themes = _themes(
            mentor.programme_id,
            label="What can you help with?",
            help_text="Choose what you know from your own experience. Nobody sees it until you are matched.",
        )
        self.fields = {"about": self.fields.pop("about"), "themes": themes, **self.fields}


class SessionForm(MetForm):
    """The same as on the desk, with a day in three boxes; the question about the day only once it arises."""

    on: Any = DayField(
        missing=NO_DAY,
        label="When did you meet?",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    #: What is asked only once the day gives cause to.
    LATER = ("is_another", "beside")

    def __init__(self, *args: Any, ask: Collection[str] = (), **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"submission": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        for name in self.LATER:
            if name not in ask:
                del self.fields[name]
