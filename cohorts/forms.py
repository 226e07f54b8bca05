"""What participants and visitors fill in."""

from typing import Any

from django import forms

from cohorts.actions.placements import NO_DAY, DayForm
from steppingup.formats.date_fields import ThreeBoxes
from steppingup.formats.fields import NameInput


class DayField(ThreeBoxes):
    """A day in three boxes. `missing` is the sentence when none is given; one that is in no calendar gets a sentence too."""

    def __init__(self, *, missing: str, **kwargs: Any) -> None:
        super().__init__(sentence="Enter a real date, such as 27 3 2020.", **kwargs)
        self.error_messages["required"] = missing


class PlacementDayForm(DayForm):
    """The same as on the desk, with a day in three boxes."""

    on: Any = DayField(
        missing=NO_DAY,
        label="When did you work on it?",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
    )


class SerialForm(forms.Form):
    """Which certificate?"""

    serial = NameInput(
        label="The certificate’s number",
        help_text="It is at the foot of the certificate and ends with three groups of four letters and digits, for example 7KQ2‑9XMD‑4T8C.",
        max_length=40,
        error_messages={"required": "Enter the number at the foot of the certificate."},
    )
