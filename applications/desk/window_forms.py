"""What is checked when a coordinator says when people may apply, and how they are chosen."""

from typing import Any

from django import forms

from applications.models import Criterion, EligibilityQuestion, InterviewScore, Score, Window


class QuestionForm(forms.ModelForm):
    class Meta:
        model = EligibilityQuestion
        fields = (
            *("programme", "text", "help_text", "lists_target_groups", "allows_not_sure"),
            *("if_no", "if_not_sure", "explanation", "is_active", "order"),
        )
        labels = {
            "text": "Question",
            "help_text": "Words beneath it",
            "lists_target_groups": "Shows the groups",
            "allows_not_sure": "“I am not sure” is an answer",
            "if_no": "If they say no",
            "if_not_sure": "If they are not sure",
            "is_active": "Asked",
        }
        help_texts = {
            "if_no": "“We would like to look at it”: they can apply, and their answer is marked on their application.",
            "order": "The smallest is asked first.",
        }


class CriterionForm(forms.ModelForm):
    class Meta:
        model = Criterion
        fields = ("programme", "title", "question", "guidance", "word_limit", "order")
        help_texts = {"word_limit": "Words, at most.", "order": "The smallest comes first."}


class WindowForm(forms.ModelForm):
    class Meta:
        model = Window
        fields = (
            *("cohort", "opens_at", "closes_at", "assessors_each", "max_score", "reserve"),
            *("offer_days", "sponsor_link_days", "submit_while_bursary_pending"),
        )
        labels = {"opens_at": "Opens", "closes_at": "Closes", "reserve": "Held in reserve"}
        help_texts = {
            "opens_at": "Day and time in London.",
            "closes_at": "Nothing can be submitted from this second on. For “until the end of 31 December”, "
            "give 1 January, 00:00.",
            "reserve": "How many beyond the places: a second line in the ranking.",
            "offer_days": "An offer ends at the end of its last day.",
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "Applications must close after they open.")
        if self.instance.pk and "max_score" in self.changed_data and self._has_scores():
            self.add_error("max_score", "Scores have been given up to the highest score as it was, so it stays.")
        return values

    def _has_scores(self) -> bool:
        cohort = self.instance.cohort_id
        given = Score.objects.filter(review__application__cohort=cohort, value__isnull=False)
        return given.exists() or InterviewScore.objects.filter(interview__application__cohort=cohort).exists()
