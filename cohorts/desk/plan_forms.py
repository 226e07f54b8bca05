"""What is checked of the rows of a plan: its parts, aims and barriers; each mistake in a sentence beside its field."""

from typing import Any, ClassVar

from django import forms
from django.forms import BaseInlineFormSet
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from cohorts.desk.programme_forms import MARKDOWN, PlainNumbers
from cohorts.models import Barrier, CompletionRule, Session
from cohorts.states import Recording, Unit
from steppingup.formats import english
from steppingup.formats.sameness import fold


class PlanForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "scale": "One on each line, from the least on. People choose one for each aim and benefit.",
            "barrier_scale": "One on each line, from the least on. People choose how much each barrier stands in their way.",
            "before_days": "So many days after the first session people can still say where they begin. 0: until that day.",
            "midway_days": "If people are also to look in the middle, for themselves: for so many days. Left empty, they are not asked.",
            "after_days": "So many days after the last session, or after completing, people can look back.",
        }


class AimForm(forms.ModelForm):
    class Meta:
        widgets: ClassVar[dict[str, Any]] = {"text": UnfoldAdminTextareaWidget(attrs={"rows": 2})}
        help_texts = {
            "text": "As it goes on after “How far is this so for you?”: “Becoming a role model for others”.",
            "order": "Lower numbers come first.",
        }


class BarrierForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "theme": "Such as “Organisational”. Barriers of the same theme stand together.",
            "text": "In a few words: “Few role models at senior level”. Left empty, it is the theme as a whole.",
            "order": "Lower numbers come first.",
        }


class ComponentForm(PlainNumbers):
    class Meta:
        labels = {
            "days_each": "Days of each session",
            "meetings": "Sessions",
            "minutes_per_day": "Minutes that make a day",
        }
        help_texts = {
            "kind": "Only a word: how it is recorded decides the rest.",
            "recording": "A register is taken by you; participants write the logs themselves.",
            "counterpart": "Only for logs of days with a host, or of meetings with a mentor.",
            "unit": "Progress is said in it: “8 of 6–10 days”, “12 of 20 hours”, “3 of 4 sessions”.",
            "least": "Leave it empty if it is the same as at most.",
            "most": "More can be recorded, and counts no further.",
            "meetings": "If it is counted in days and has any.",
            "days_each": "Such as 0.5.",
            "minutes_each": "If it is counted in sessions: 120 for sessions of two hours.",
            "minutes_per_day": "Where minutes are recorded, or hours or sessions counted: 420 are seven hours.",
            "week_least": "Only for an own log: what you expect. People see their weeks beside it.",
            "host_confirms": "Only for logs of days with a host. The supervisor there confirms them by a link, without an account.",
            "in_groups": "Their sessions are put between those of other parts, one for each group.",
            "description": MARKDOWN,
            "order": "Lower numbers come first.",
        }

    #: The plan that the page is about, and its barriers, read once for all forms of the page.
    plan: int | None = None
    known: ClassVar[dict[int | None, Any]] = {}

    works_on = forms.MultipleChoiceField(
        label="Barriers that it works on", required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.plan not in self.known:
            self.known[self.plan] = [(one.key, str(one)) for one in Barrier.objects.filter(plan=self.plan)]
        field: Any = self.fields["works_on"]
        field.choices = self.known[self.plan]
        field.help_text = "" if field.choices else "Add barriers below and save the plan first."

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        least, most, unit = (values.get(name) for name in ("least", "most", "unit"))
        if least and most and least > most:
            self.add_error("least", "At least cannot be more than at most.")
        if unit == Unit.SESSIONS:
            self._check_sessions(values)
        if "least" in values and values["least"] is None and most:
            values["least"] = most
        self._check_meetings(values)
        self._check_week(values)
        if values.get("recording") == Recording.OWN and unit == Unit.SESSIONS:
            self.add_error("unit", "An own log has hours. Count it in hours or in days.")
        return values

    def _check_sessions(self, values: dict[str, Any]) -> None:
        if not values.get("minutes_each") and "minutes_each" not in self.errors:
            self.add_error("minutes_each", "Enter how many minutes one session has, such as 120.")
        for name in ("least", "most"):
            if (number := values.get(name)) and number % 1:
                self.add_error(name, "Enter a whole number of sessions.")

    def _check_meetings(self, values: dict[str, Any]) -> None:
        """Sessions of a part that is counted in days come to what the plan has of it."""
        least, most, meetings, each = (values.get(name) for name in ("least", "most", "meetings", "days_each"))
        if each and not meetings:
            self.add_error(
                "meetings", "Enter how many sessions there are, or leave the days of each session empty too."
            )
        elif each and values.get("unit") not in (None, Unit.DAYS):
            self.add_error("days_each", "Leave this empty for a part that is not counted in days.")
        elif most and meetings and each and not (least or most) <= meetings * each <= most:
            total = english.days_counted(meetings * each)
            self.add_error("most", f"{meetings} sessions of {english.days_counted(each)} make {total} in total.")

    def _check_week(self, values: dict[str, Any]) -> None:
        low, high = values.get("week_least"), values.get("week_most")
        if (low is None) != (high is None):
            self.add_error("week_most" if high is None else "week_least", "Enter both numbers of hours, or neither.")
        elif low is not None and high is not None and low > high:
            self.add_error("week_least", "The smaller number of hours comes first.")


class ComponentFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """A part that sessions or completion rules of a cohort name, on which nobody is yet, is not taken from under them."""
        super().clean()
        for form in self.deleted_forms:
            named = CompletionRule.objects.filter(component=form.instance.pk, cohort__enrolments=None)
            planned = Session.objects.filter(component=form.instance.pk, cohort__enrolments=None)
            further = Session.objects.filter(parts__component=form.instance.pk, cohort__enrolments=None)
            for rows, words in ((named, "completion rules"), (planned, "sessions"), (further, "sessions")):
                if found := rows.select_related("cohort").first():
                    raise forms.ValidationError(
                        f"The {words} of {found.cohort.name} name “{form.instance}”. Remove those first."
                    )


class BarrierFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """Each barrier once."""
        super().clean()
        seen = set()
        for form in self.forms:
            values = getattr(form, "cleaned_data", None) or {}
            if form in self.deleted_forms or not values.get("theme"):
                continue
            words = (fold(values["theme"]), fold(values.get("text") or ""))
            if words in seen:
                form.add_error("text", "This barrier is there already. Say it once.")
            seen.add(words)
