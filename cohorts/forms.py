"""What participants and visitors fill in."""

import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django import forms

from cohorts.actions.placements import NO_DAY, DayForm
from cohorts.actions.staying import NO, YES, ConfirmForm
from cohorts.actions.study import StudyForm
from cohorts.models import Stay, Study
from steppingup.formats import english
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


class OwnLogForm(StudyForm):
    """The same as on the desk, said to whoever studied, with a day in three boxes; the question about a full day only once it
    arises."""

    WORDS: ClassVar = {
        "what": ("What did you study?", "One line: a chapter, a course, a talk. Your line manager does not see this."),
        "beside": ("When in the day did you study?", "For example, in the evening after a module."),
    }
    on: Any = DayField(
        missing="Enter the day you studied.",
        label="When did you study?",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, ask: Collection[str] = (), entry: Study | None = None, **kwargs: Any) -> None:
        begins = {"on": entry.on, "hours": english.plain_number(entry.hours), "what": entry.what} if entry else {}
        kwargs.setdefault("initial", {"submission": uuid.uuid4(), **begins})
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in self.WORDS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        self.fields["what"].error_messages["required"] = "Say in one line what you studied."
        self.fields["hours"].widget.attrs["class"] = "govuk-input--width-4"
        if "beside" not in ask:
            del self.fields["beside"]
        if entry:
            del self.fields["submission"]


class OwnConfirmForm(ConfirmForm):
    """What somebody needs for one session, on their own page; begins with how they confirmed it before."""

    def __init__(self, *args: Any, stay: Stay | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "stays" in self.fields:
            nights = "the night" if self.only and self.only.nights == 1 else "the nights"
            self.fields["stays"].label = f"Will you stay {nights}?"
            self.fields["stays"].initial = (YES if stay.stays else NO) if stay else None
        if "shared" in self.fields and stay:
            self.fields["shared"].initial = stay.shared


class SerialForm(forms.Form):
    """Which certificate?"""

    serial = NameInput(
        label="The certificate’s number",
        help_text="It is at the foot of the certificate and ends with three groups of four letters and digits, for example 7KQ2‑9XMD‑4T8C.",
        max_length=40,
        error_messages={"required": "Enter the number at the foot of the certificate."},
    )
