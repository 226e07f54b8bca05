"""Forms for visitors without an account."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Fluid, Size
from django import forms

from applications.form.fields import address, line
from applications.form.part_forms import answer_field
from applications.models import EligibilityQuestion, Window
from steppingup.formats.english import day_date
from steppingup.site.layout import laid_out


class _PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(*self.layout())

    def layout(self) -> list[Any]:
        return [Field.text(name, field_width=Fluid.TWO_THIRDS) for name in self.fields]


class QuestionForm(_PlainForm):
    """One question of the eligibility check; it is the page's heading."""

    def __init__(self, *args: Any, question: EligibilityQuestion, **kwargs: Any) -> None:
        self.question = question
        super().__init__(*args, **kwargs)

    def layout(self) -> list[Any]:
        self.fields["answer"] = answer_field(self.question)
        return [Field.radios("answer", legend_size=Size.LARGE, legend_tag="h1")]


class WhichCohortForm(_PlainForm):
    """Which of the open cohorts the check is about, where they ask different things. Gives the rules that the chosen one has."""

    def __init__(self, *args: Any, windows: Sequence[Window], **kwargs: Any) -> None:
        self.windows = windows
        super().__init__(*args, **kwargs)

    def layout(self) -> list[Any]:
        self.fields["cohort"] = forms.TypedChoiceField(
            label="Which would you like to apply for?",
            help_text="They ask different things. You can come back and check another.",
            choices=[Choice(str(one.cohort.rule_set_id), self._said(one)) for one in self._one_of_each()],
            coerce=int,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose the one that you would like to apply for."},
        )
        return [Field.radios("cohort", legend_size=Size.MEDIUM)]

    def _one_of_each(self) -> list[Window]:
        """Cohorts that ask the same are one choice."""
        return list({one.cohort.rule_set_id: one for one in reversed(self.windows)}.values())[::-1]

    def _said(self, window: Window) -> str:
        same = [one.cohort for one in self.windows if one.cohort.rule_set_id == window.cohort.rule_set_id]
        return " or ".join(f"{cohort.name}, which starts on {day_date(cohort.starts_on)}" for cohort in same)


class InterestForm(_PlainForm):
    """Register of interest (B32)."""

    email = address("Your email address")
    name = line("Your name", longest=150, help_text="Optional. So that we know what to call you.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["required"] = "Enter your email address."
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["name"].required = False
