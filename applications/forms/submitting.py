"""The last page: the declaration and the notice about what to expect (B57)."""

from typing import Any

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Field, Layout
from django import forms

from cohorts.models import Programme


class DeclarationForm(forms.Form):
    notice_read = forms.BooleanField(
        label="I have read what to expect after the programme",
        error_messages={"required": "Tick the box to say that you have read what to expect after the programme."},
    )
    is_true = forms.BooleanField(
        label="What I have written is true and in my own words",
        error_messages={"required": "Tick the box to say that what you have written is true."},
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not programme.after_the_programme.strip():
            self.fields.pop("notice_read")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(Field.checkbox(name) for name in self.fields))
