"""The last page: the declaration and the notice about what to expect (B57)."""

from typing import Any

from crispy_forms_gds.layout import Field
from django import forms

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
