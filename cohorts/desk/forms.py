"""What staff fill in while a cohort is under way."""

from collections.abc import Callable
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminURLInputWidget

from cohorts.actions.placements import why_not_host
from cohorts.models import Placement
from cohorts.planning import checks
from cohorts.planning.checks import Meeting


class SessionForm(forms.ModelForm):
    """A session added by hand, or what can be changed without telling anybody."""

    online_link = forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)
    anyway = forms.BooleanField(label="Add it all the same", required=False)

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
            self.add_error("peer_group", f"“{group}” belongs to another cohort. Choose one of this cohort's.")
        if values.get("days") and values["days"] > 1:
            self.add_error("days", "A session counts at most one day. Make one for each day.")
        if self.instance.pk is None and not self.errors:
            self._look_at(values)
        return values

    def _look_at(self, values: dict[str, Any]) -> None:
        """What the same people cannot do is refused; what a coordinator may not have thought of has to be confirmed."""
        names = ("cohort", "peer_group", "starts_at", "ends_at", "venue", "days")
        meeting = Meeting(**{name: values.get(name) for name in names})
        if taken := checks.why_not(meeting):
            self.add_error("starts_at", taken)
        elif not values.get("anyway"):
            for sentence in checks.warnings(meeting):
                self.add_error("anyway", sentence)


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
        host = values.get("host")
        if enrolment and host and (reason := why_not_host(enrolment, host)):
            self.add_error("host", reason)
        return values
