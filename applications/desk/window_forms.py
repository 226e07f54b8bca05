"""What is checked when a coordinator says when people may apply, and how they are chosen."""

from typing import Any

from django import forms

from applications.models import InterviewScore, Score


class QuestionForm(forms.ModelForm):
    class Meta:
        labels = {
            "text": "Question",
            "help_text": "Hint",
            "lists_target_groups": "List the groups",
            "allows_not_sure": "Allow “I am not sure”",
            "if_no": "If they say no",
            "if_not_sure": "If they are not sure",
            "is_active": "Asked",
        }
        help_texts = {
            "if_no": "“We would like to look at it” lets them apply, and marks their answer on the application.",
            "order": "Lower numbers are asked first.",
        }


class CriterionForm(forms.ModelForm):
    class Meta:
        help_texts = {"word_limit": "The most words somebody can write.", "order": "Lower numbers come first."}


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
        if self.instance.pk and "max_score" in self.changed_data and self._has_scores():
            self.add_error(
                "max_score",
                "People have already been scored against the current highest score, so it cannot be changed.",
            )
        return values

    def _has_scores(self) -> bool:
        cohort = self.instance.cohort_id
        given = Score.objects.filter(review__application__cohort=cohort, value__isnull=False)
        return given.exists() or InterviewScore.objects.filter(interview__application__cohort=cohort).exists()
