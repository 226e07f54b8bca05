"""What the participant or the employer is asked who tells of circumstances, and whoever decides about them."""

from typing import Any

from django import forms

from funding.states import CaseOutcome, CaseStatus
from steppingup.files.fields import CheckedFileField
from steppingup.files.rules import FileRule
from steppingup.formats.english import pounds
from steppingup.steps.step import StepForm

#: Letters and certificates, written or photographed.
EVIDENCE = FileRule(kinds=frozenset({"pdf", "docx", "png", "jpeg"}), max_bytes=8_000_000)
FILES = ("first", "second", "third")


class TellForm(StepForm):
    text = forms.CharField(
        label="What happened?",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Say why leaving could not be avoided, and since when. Only the people who decide will read this.",
        error_messages={"required": "Tell us what happened."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(FILES, 1):
            label = f"Evidence {number}, if you have any" if number == 1 else f"Evidence {number}"
            hint = f"{EVIDENCE.hint} Only the people who decide can open it." if number == 1 else ""
            self.fields[name] = CheckedFileField(rule=EVIDENCE, by=self.by, label=label, required=False, help_text=hint)

    def values(self) -> dict[str, Any]:
        files = [self.cleaned_data[name] for name in FILES if self.cleaned_data.get(name)]
        return {"text": self.cleaned_data["text"], "files": list({file.pk: file for file in files}.values())}


class AppealForm(TellForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label = "Why should the decision be another one?"
        field.help_text = "Somebody else decides. Only the people who decide will read this."
        field.error_messages["required"] = "Tell us why the decision should be another one."


class DecisionForm(StepForm):
    outcome = forms.ChoiceField(
        label="What do you decide?",
        choices=CaseOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide."},
    )
    amount = forms.DecimalField(
        label="If you reduce it: to how many pounds?",
        max_digits=9,
        decimal_places=2,
        required=False,
    )
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The participant and the employer will both read this. Say nothing about anybody’s health or family.",
        error_messages={"required": "Give the reason. The participant and the employer will read it."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = self.subject
        self.fields["amount"].help_text = f"{pounds(case.owed)} is owed as it stands."
        if case.status == CaseStatus.OPEN:
            waive: Any = self.fields["outcome"]
            waive.choices = [one for one in CaseOutcome.choices if one[0] == CaseOutcome.WAIVED]
            del self.fields["amount"]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"amount": given.get("amount") if given["outcome"] == CaseOutcome.REDUCED else None}


class AppealDecisionForm(DecisionForm):
    """The same, by somebody else."""
