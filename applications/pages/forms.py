"""Forms for visitors without an account."""

from typing import Any

from crispy_forms_gds.layout import Field, Fluid, Size
from django import forms

from applications.form.fields import address, line
from applications.form.part_forms import answer_field
from applications.models import EligibilityQuestion
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
