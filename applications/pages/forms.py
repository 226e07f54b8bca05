"""Forms for visitors without an account, and for naming a sponsor."""

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
    name = line("Your name", longest=150, help_text="Optional. So that we can write to you properly.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["required"] = "Give your email address."
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["name"].required = False


class SponsorForm(_PlainForm):
    """Who at the employer can agree the fee (B36)."""

    sponsor_name = line("Their name", longest=150)
    sponsor_email = address("Their email address")
    sponsor_job_title = line("Their job title", longest=150, help_text="Optional.")

    def __init__(self, *args: Any, own_email: str, **kwargs: Any) -> None:
        self.own_email = own_email.lower()
        super().__init__(*args, **kwargs)
        self.fields["sponsor_name"].error_messages["required"] = "Give the name of the person who can agree the fee."
        self.fields["sponsor_email"].error_messages["required"] = "Give their email address."
        self.fields["sponsor_job_title"].required = False

    def clean_sponsor_email(self) -> str:
        email = self.cleaned_data["sponsor_email"].lower()
        if email == self.own_email:
            raise forms.ValidationError(
                "This is your own address, and you cannot agree the fee yourself. Name somebody at your employer."
            )
        return email
