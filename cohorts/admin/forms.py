"""What staff fill in while a cohort is under way."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminURLInputWidget

from cohorts.actions.placements import why_not_host
from cohorts.models import Enrolment, Placement, Session
from cohorts.planning import Pattern


class Moment(forms.DateTimeInput):
    """Day and time in one box, with the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class MoveForm(forms.Form):
    """When and where a session takes place now."""

    starts_at = forms.DateTimeField(label="Begins", widget=Moment)
    ends_at = forms.DateTimeField(label="Ends", widget=Moment)
    venue = forms.CharField(label="Where", max_length=200, required=False)
    online_link = forms.URLField(label="Link, if it is online", required=False, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "The session must end after it begins.")
        return values


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": "Say why, so that whoever asks later can be told."},
    )


class LineManagerForm(forms.Form):
    """Who the line manager is now."""

    name = forms.CharField(label="Full name", max_length=150)
    email = forms.EmailField(label="Email address", help_text="With it they sign in and see how their person is doing.")


class PatternForm(forms.Form):
    """How the sessions of a plan lie in the calendar."""

    first_on = forms.DateField(label="First day", widget=Day)
    weeks_between = forms.IntegerField(
        label="Weeks from one module to the next", min_value=1, max_value=26, initial=4, widget=forms.NumberInput
    )
    days_in_a_row = forms.IntegerField(
        label="Days in a row",
        min_value=1,
        max_value=5,
        initial=2,
        help_text="Where the plan has single days: how many of them make one module.",
    )
    starts = forms.TimeField(label="Begins at", widget=Clock, initial="09:30")
    ends = forms.TimeField(label="Ends at", widget=Clock, initial="16:30")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", "The day must end after it begins.")
        return values

    def pattern(self) -> Pattern:
        return Pattern(**self.cleaned_data)


class SessionForm(forms.ModelForm):
    """A session added by hand, or what can be changed without telling anybody."""

    online_link = forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)

    class Meta:
        model = Session
        fields = (
            *("cohort", "component", "peer_group", "title", "days", "starts_at", "ends_at", "venue"),
            *("what_to_bring", "open_to_managers"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohort = self.instance.cohort if self.instance.pk else None
        if "component" in self.fields:
            self._narrow("component", {"plan": cohort.plan_id} if cohort else {}, lambda c: f"{c.title} ({c.plan})")
        if "peer_group" in self.fields:
            self._narrow("peer_group", {"cohort": cohort} if cohort else {}, lambda g: f"{g.name} ({g.cohort})")

    def _narrow(self, name: str, where: dict[str, Any], in_words: Callable[[Any], str]) -> None:
        """Only what belongs to the session's cohort; where that is still to be chosen, each says what it belongs to."""
        field: Any = self.fields[name]
        if where:
            field.queryset = field.queryset.filter(**where)
        else:
            field.label_from_instance = in_words

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        cohort = values.get("cohort") or getattr(self.instance, "cohort", None)
        component, group = values.get("component"), values.get("peer_group")
        if cohort and component and component.plan_id != cohort.plan_id:
            self.add_error(
                "component", f"“{component}” is not part of this cohort's plan. Choose one of its components."
            )
        if cohort and group and group.cohort_id != cohort.pk:
            self.add_error("peer_group", f"“{group}” is a group of another cohort. Choose one of this cohort's.")
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "The session must end after it begins.")
        return values


class EnrolmentForm(forms.ModelForm):
    class Meta:
        model = Enrolment
        fields = ("job_title", "peer_group")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "peer_group" in self.fields:
            cast("forms.ModelChoiceField", self.fields["peer_group"]).queryset = self.instance.cohort.peer_groups.all()


class PlacementForm(forms.ModelForm):
    """An assignment. The host is never the participant's employer, nor of its family (B8)."""

    class Meta:
        model = Placement
        fields = (
            *("enrolment", "host", "kind", "title", "description"),
            *("working_pattern", "host_contact", "starts_on", "ends_on"),
        )
        labels = {"enrolment": "Participant"}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        enrolment = values.get("enrolment") or (self.instance.enrolment if self.instance.pk else None)
        host, starts, ends = values.get("host"), values.get("starts_on"), values.get("ends_on")
        if enrolment and host and (reason := why_not_host(enrolment.employer, host)):
            self.add_error("host", reason)
        if starts and ends and ends < starts:
            self.add_error("ends_on", "The assignment must end after it begins.")
        return values


def moment_in_form(value: Any) -> Any:
    """A stored moment as the boxes of a form show it: in London's time."""
    return timezone.localtime(value).replace(second=0, microsecond=0)
