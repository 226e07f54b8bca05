"""A date in three boxes, as public pages ask for it."""

from datetime import date
from typing import Any

from crispy_forms_gds.fields import DateInputField
from django import forms

#: A year outside these was not meant.
FIRST_YEAR, LAST_YEAR = 1900, 2100


class ThreeBoxes(DateInputField):
    """Whatever is no date that somebody can have meant raises ValidationError with the `sentence`, numbers included that no
    calendar and no computer knows."""

    def __init__(self, *, sentence: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sentence = sentence

    def compress(self, data_list: Any) -> date | None:
        try:
            found = super().compress(data_list)
        except (forms.ValidationError, OverflowError, ValueError):
            raise forms.ValidationError(self.sentence, code="invalid") from None
        if found is not None and not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise forms.ValidationError(self.sentence, code="invalid")
        return found
