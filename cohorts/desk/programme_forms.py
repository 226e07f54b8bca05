"""What is checked when a coordinator sets up a programme, a plan or a cohort; each mistake in a sentence beside its field."""

from decimal import Decimal
from typing import Any

from django import forms

from cohorts.actions import plans
from cohorts.extensions import against_reach
from cohorts.models import Programme, RuleSet
from cohorts.models.rules import MARKDOWN
from steppingup.files.fields import CheckedFileField
from steppingup.files.rules import FileRule
from steppingup.formats import english
from steppingup.formats.prefixes import from_name
from steppingup.history.lifecycle import NotPossible

BROCHURE = FileRule(kinds=frozenset({"pdf"}), max_bytes=10_000_000)


class ProgrammeForm(forms.ModelForm):
    class Meta:
        labels = {"slug": "Address", "is_published": "Public"}
        help_texts = {
            "slug": "The last part of the address of its page, after your organisation’s. Links to the old one stop working when you change it.",
            "reference_prefix": "Of applications and certificates: “SU” makes SU-7K3Q9. Two to five letters or digits; left empty, it is "
            "made from the name. A change holds for new ones, and those given out stay as they are.",
            "region": "The area it covers, as you would say it in a sentence: “Bristol and the wider region”.",
            "is_published": "Visitors can read about the programme and about its published cohorts.",
            "about": MARKDOWN,
            "after_the_programme": f"What to expect, and what not to. {MARKDOWN}",
            "reach": "Assessors, mentors and hosts of assignments come from another organisation than the participant’s "
            "employer, and a mentor from another one than the host. Say here who is too near. What is agreed already stays.",
            "directory": "Participants and graduates join it only if they want to, choose what it says of them, and see only people who are "
            "in it too. With programmes of other providers you agree it one by one: “Share the directory with another provider”.",
            "contact_email": "Shown on the programme's pages, and where replies to its emails go.",
        }

    def clean_reference_prefix(self) -> str:
        return self.cleaned_data["reference_prefix"] or from_name(self.cleaned_data.get("name", ""))

    def clean_reach(self) -> int:
        """A longer reach is possible once nothing that is under way breaks it."""
        reach = self.cleaned_data["reach"]
        longer = self.instance.pk and reach > self.initial.get("reach", reach)
        if longer and (found := [words for words in against_reach(self.instance, reach) if words]):
            raise forms.ValidationError(f"This would rule out {english.listed(found)}. End or change them first.")
        return reach


class PlainNumbers(forms.ModelForm):
    """Shows “10” and “0.5” where the database keeps “10.00” and “0.50”. They stay numbers, so that what is sent again as it was
    is no change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.initial.items():
            if isinstance(value, Decimal):
                self.initial[name] = Decimal(f"{value.normalize():f}")


class DocumentForm(forms.ModelForm):
    """A brochure or a guide (B20), checked like every upload. `by` is set by the admin."""

    by: Any = None
    file = CheckedFileField(rule=BROCHURE, label="File")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].by = self.by  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["file"] = self.instance.file


class CohortForm(PlainNumbers):
    class Meta:
        labels = {"slug": "Address"}
        help_texts = {
            "name": "Shown next to the programme's name: “February 2027”.",
            "slug": "The last part of its address on the site.",
            "plan": "The days everybody on the cohort does. You can add plans under “Plans of days”.",
            "rule_set": "Whom the cohort is for, what applicants are asked and how they are chosen. You can add others under "
            "“Admission rules”.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "rule_set" in self.fields:  # a new cohort may have the usual ones
            self.fields["rule_set"].required = True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        programme = values.get("programme") or (self.instance.programme if self.instance.pk else None)
        plan = values.get("plan")
        self._check_rules(programme, values.get("rule_set"))
        if plan and programme and plan.programme_id != programme.pk:
            self.add_error("plan", f"“{plan}” belongs to another programme. Choose one of {programme}.")
        elif plan and self.instance.pk and "plan" in self.changed_data:
            try:
                plans.parts_to_follow(self.instance, plan)
            except NotPossible as refused:
                self.add_error("plan", str(refused))
        if self.instance.admission_began_at and self.instance.fee == 0 and values.get("fee"):
            self.add_error(
                "fee",
                "People applied when there was nothing to pay, so nobody has agreed a fee for them. It stays at £0.",
            )
        return values

    def _check_rules(self, programme: Programme | None, rules: RuleSet | None) -> None:
        """Where a programme has several, one is chosen."""
        if programme is None or "rule_set" not in self.fields:
            return
        if rules is None and RuleSet.objects.offered().filter(programme=programme).count() > 1:
            self.add_error("rule_set", f"{programme} has more than one set of admission rules. Choose one.")
        elif rules and rules.programme_id != programme.pk:
            self.add_error("rule_set", f"“{rules}” belong to another programme. Choose those of {programme}.")
