"""What participants and visitors fill in."""

from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms_gds.fields import DateInputField
from django import forms
from django.utils import timezone

DAY_PARTS = [("1", "A whole day"), ("0.75", "Three quarters of a day"), ("0.5", "Half a day"), ("0.25", "A quarter")]


class DayField(DateInputField):
    """A day in three boxes. `missing` is the sentence when none is given; one that is in no calendar gets a sentence too."""

    def __init__(self, *, missing: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["required"] = missing

    def compress(self, data_list: Any) -> date | None:
        try:
            return super().compress(data_list)
        except forms.ValidationError:
            raise forms.ValidationError("Enter a real date, such as 27 3 2020.") from None


class PlacementDayForm(forms.Form):
    """One day of the assignment."""

    on = DayField(
        missing="Give the day on which you worked on it.",
        label="When did you work on it?",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
    )
    days = forms.TypedChoiceField(
        label="How much of the day?",
        choices=DAY_PARTS,
        coerce=Decimal,
        initial="1",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how much of the day you worked on it."},
    )
    what = forms.CharField(
        label="What did you do? (optional)",
        help_text="In a few words, for yourself. Your line manager does not see this.",
        max_length=300,
        required=False,
    )

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet. Record it when you have worked it.")
        return day


class SerialForm(forms.Form):
    """Which certificate?"""

    serial = forms.CharField(
        label="The certificate's number",
        help_text="It is at the foot of the certificate and looks like SU‑7KQ2‑9XMD‑4T8C.",
        max_length=40,
        error_messages={"required": "Enter the number at the foot of the certificate."},
    )
