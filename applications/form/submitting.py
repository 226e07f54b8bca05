"""What is asked besides the parts: who can agree the fee (B36), and at the end the declaration, with the notice about what to
expect (B57)."""

from typing import Any

from crispy_forms_gds.layout import Field, Fluid
from django import forms

from applications.form.fields import address, line
from steppingup.accounts.naming import is_own_address
from steppingup.site.layout import laid_out
from steppingup.steps.step import StepForm


class DeclarationForm(StepForm):
    notice_read = forms.BooleanField(
        label="I have read what to expect after the programme",
        error_messages={"required": "Tick the box to say that you have read what to expect after the programme."},
    )
    is_true = forms.BooleanField(
        label="What I have written is true and in my own words",
        error_messages={"required": "Tick the box to say that what you have written is true."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.subject.cohort.programme.after_the_programme.strip():
            self.fields.pop("notice_read")
        self.helper = laid_out(*(Field.checkbox(name) for name in self.fields))

    def values(self) -> dict[str, Any]:
        """Where there is no notice, there is nothing that was not read."""
        return {"notice_read": True}


class SponsorForm(StepForm):
    """Who at the employer can agree the fee (B36)."""

    sponsor_name = line("Their name", longest=150)
    sponsor_email = address("Their email address")
    sponsor_job_title = line("Their job title", longest=150, help_text="Optional.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sponsor_name"].error_messages["required"] = "Enter the name of the person who can agree the fee."
        self.fields["sponsor_email"].error_messages["required"] = "Enter their email address."
        self.fields["sponsor_job_title"].required = False
        self.helper = laid_out(*(Field.text(name, field_width=Fluid.TWO_THIRDS) for name in self.fields))

    def clean_sponsor_email(self) -> str:
        email = self.cleaned_data["sponsor_email"]
        if is_own_address(self.subject.applicant, email):
            raise forms.ValidationError(
                "This is your own email address, and you cannot agree the fee yourself. Name somebody at your employer."
            )
        return email

    def values(self) -> dict[str, Any]:
        return {name.removeprefix("sponsor_"): value for name, value in self.cleaned_data.items()}
