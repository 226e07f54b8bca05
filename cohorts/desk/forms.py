"""What staff fill in while a cohort is under way."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminURLInputWidget,
)

from cohorts.actions.days import ROUNDING
from cohorts.actions.hosted_days import recorded_before_it_begins
from cohorts.actions.placements import part_of, placement_for, why_not_host
from cohorts.agreements import signed_of
from cohorts.models import Component, Enrolment, Placement, Session
from cohorts.planning import checks
from cohorts.planning.checks import Meeting
from cohorts.states import ComponentMode
from steppingup.formats import english
from steppingup.formats.fields import NumberInput
from steppingup.formats.recurring import WEEKDAYS
from steppingup.history.lifecycle import NotPossible


class SessionForm(forms.ModelForm):
    """A session added by hand, or what can be changed without telling anybody. What it counts for is typed as its part counts it:
    in days, hours or sessions."""

    days = NumberInput(
        label="It counts for",
        help_text="As its part is counted: 1 for a day, 0.5 for half a day; 2 for two hours; 1 for a session.",
        min_value=Decimal("0.01"),
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    also = forms.ModelChoiceField(
        Component.objects.none(),
        label="It counts for a second part too",
        help_text="Such as a learning set on the second day of a module. The register posts both.",
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    also_days = NumberInput(
        label="So much of that",
        help_text="As that part is counted. Together a session counts at most one day.",
        required=False,
        min_value=Decimal("0.01"),
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    online_link = forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)
    anyway = forms.BooleanField(label="Add it all the same", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohort = self.instance.cohort if self.instance.pk else None
        if "component" in self.fields:
            self._narrow("component", {"plan": cohort.plan_id} if cohort else {}, lambda c: f"{c.title} ({c.plan})")
            also: Any = self.fields["also"]
            also.queryset = cast("Any", self.fields["component"]).queryset
            self._narrow("also", {"plan": cohort.plan_id} if cohort else {}, lambda c: f"{c.title} ({c.plan})")
        if "nights" in self.fields:
            self.fields["nights"].required = False
        if self.instance.pk:
            self._begin_with(self.instance)
        if "peer_group" in self.fields:
            self._narrow("peer_group", {"cohort": cohort} if cohort else {}, lambda g: f"{g.name} ({g.cohort})")

    def _begin_with(self, session: Session) -> None:
        self.initial["days"] = Decimal(english.plain_number(session.component.in_units(session.days)))
        if second := session.parts.select_related("component").first():
            self.initial["also"] = second.component_id
            self.initial["also_days"] = Decimal(english.plain_number(second.component.in_units(second.days)))

    def _narrow(self, name: str, where: dict[str, Any], in_words: Callable[[Any], str]) -> None:
        """Only what belongs to the session's cohort; where that is still to be chosen, each says what it belongs to."""
        field: Any = self.fields[name]
        if where:
            field.queryset = field.queryset.filter(**where)
        else:
            field.label_from_instance = in_words

    def clean_nights(self) -> int:
        """Empty means none."""
        return self.cleaned_data["nights"] or 0

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
        component = component or (self.instance.component if self.instance.pk else None)
        if component and values.get("days"):
            values["days"] = component.in_days(values["days"])
        if values.get("days") and values["days"] > 1 + ROUNDING:
            self.add_error("days", "A session counts at most one day. Make one for each day.")
        self._check_second(values, component)
        if self.instance.pk is None and not self.errors:
            self._look_at(values)
        return values

    def _check_second(self, values: dict[str, Any], component: Component | None) -> None:
        also, units = values.get("also"), values.get("also_days")
        if also is None and units is None:
            return
        if also is None or units is None:
            missing = "also" if also is None else "also_days"
            self.add_error(missing, "Say both for which second part it counts, and for how much of it.")
            return
        values["also_days"] = also.in_days(units)
        if component and also == component:
            self.add_error("also", "The session counts for this part already.")
        elif component and also.plan_id != component.plan_id:
            self.add_error("also", f"“{also}” is not part of this cohort's plan. Choose one of its components.")
        elif values.get("days") and values["days"] + values["also_days"] > 1 + ROUNDING:
            together = english.days_counted(values["days"] + values["also_days"])
            self.add_error("also_days", f"Together that is {together}. A session counts at most one day.")

    def _look_at(self, values: dict[str, Any]) -> None:
        """What the same people cannot do is refused; what a coordinator may not have thought of has to be confirmed."""
        names = ("cohort", "peer_group", "starts_at", "ends_at", "venue", "days", "seats")
        meeting = Meeting(**{name: values.get(name) for name in names})
        meeting = replace(meeting, days=(values.get("days") or Decimal(0)) + (values.get("also_days") or Decimal(0)))
        if taken := checks.why_not(meeting):
            self.add_error("starts_at", taken)
        elif not values.get("anyway"):
            for sentence in [*checks.warnings(meeting), *_without_a_night(values)]:
                self.add_error("anyway", sentence)


def _without_a_night(values: dict[str, Any]) -> list[str]:
    """A session of a residential part for which nobody is asked what they need."""
    component = values.get("component")
    if component is None or component.mode != ComponentMode.RESIDENTIAL:
        return []
    if values.get("nights") or values.get("asks_needs"):
        return []
    return [
        f"“{component}” is residential, but nobody stays the night and nobody is asked what they need. If this is not its first day, "
        "that is right."
    ]


class PlacementForm(forms.ModelForm):
    """An assignment, for a part of the participant's plan, which says where the host comes from (B8). Which part is asked where the
    plan has several."""

    class Meta:
        model = Placement
        fields = (
            *("enrolment", "component", "host", "kind", "title", "description"),
            *("weekdays", "day_share", "every_weeks", "working_pattern", "host_contact", "starts_on", "ends_on"),
        )
        labels = {"enrolment": "Participant"}
        help_texts = {
            "weekdays": "With the first and the last day they make the planned days, which leave out bank holidays, sessions and pauses.",
            "component": "Only where the participant's plan has several assignments.",
        }

    weekdays = forms.TypedMultipleChoiceField(
        label="Days of the week",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    anew = forms.BooleanField(label="Ask for new signatures", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("day_share", "every_weeks"):
            if name in self.fields:
                self.fields[name].required = False
        if self.instance.pk:
            self.signed_terms = self.instance.terms
        if "component" in self.fields:
            field: Any = self.fields["component"]
            field.required = False
            field.label_from_instance = lambda part: f"{part.title} ({part.plan})"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        enrolment = values.get("enrolment") or (self.instance.enrolment if self.instance.pk else None)
        host, component = values.get("host"), values.get("component") or getattr(self.instance, "component", None)
        if enrolment and self.instance.pk is None:
            component = self._part(enrolment, component)
            values["component"] = component
        if enrolment and host and (reason := why_not_host(enrolment, host, component=component)):
            self.add_error("host", reason)
        return values

    def clean_day_share(self) -> Decimal:
        """The whole day, unless something else is said."""
        return self.cleaned_data["day_share"] or Decimal("1.00")

    def clean_every_weeks(self) -> int:
        return self.cleaned_data["every_weeks"] or 1

    def _post_clean(self) -> None:
        """With what was filled in on the record: other terms than those that were signed have to be meant."""
        super()._post_clean()  # type: ignore[misc]
        if "starts_on" in self.fields and (sentence := recorded_before_it_begins(self.instance)):
            self.add_error("starts_on", sentence)
        if self.errors or not self.instance.pk or self.cleaned_data.get("anew"):
            return
        if self.instance.terms != self.signed_terms and (signed := signed_of(self.instance)):
            who = english.listed(sorted({one.name for agreement in signed for one in agreement.signatures.all()}))
            what = english.listed([f"“{one.template}”" for one in signed])
            self.add_error(
                "anew",
                f"{who} signed {what} under the terms as they were. If you change them, everybody is asked to sign anew: days worked from "
                "tomorrow on count once all have signed.",
            )

    def _part(self, enrolment: Enrolment, component: Component | None) -> Component | None:
        """The one that was chosen, else the only one."""
        try:
            part = part_of(enrolment, component)
        except NotPossible as refused:
            self.add_error("component" if refused.field == "component" else None, str(refused))
            return component
        if placement_for(enrolment, part):
            self.add_error(
                "enrolment", f"{enrolment.participant} has an assignment for “{part}” already. Open that one."
            )
        return part
