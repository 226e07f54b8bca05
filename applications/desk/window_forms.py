"""What is checked when a coordinator says when people may apply."""

from typing import Any

from django import forms


class WindowForm(forms.ModelForm):
    class Meta:
        labels = {"opens_at": "Opens", "closes_at": "Closes", "reserve": "Held in reserve"}
        help_texts = {
            "opens_at": "London time.",
            "closes_at": "Nothing can be submitted after this. For “until the end of 31 December”, "
            "enter 1 January, 00:00.",
            "reserve": "How many people beyond the number of places. Drawn as a second line in the ranking.",
            "offer_days": "The offer is open until the end of the last day.",
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "Applications must close after they open. Check both times.")
        return values
