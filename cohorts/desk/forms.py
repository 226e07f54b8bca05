"""What staff fill in while a cohort is under way."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from unfold.widgets import UnfoldAdminURLInputWidget

from cohorts.actions.placements import why_not_host
from cohorts.models import Placement


class SessionForm(forms.ModelForm):
    """A session added by hand, or what can be changed without telling anybody."""

    online_link = forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)

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
        return values


class EnrolmentForm(forms.ModelForm):
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
        host = values.get("host")
        if enrolment and host and (reason := why_not_host(enrolment, host)):
            self.add_error("host", reason)
        return values
