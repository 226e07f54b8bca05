"""How the sessions of a plan would lie in the calendar: what is asked, and what it would give."""

from typing import Any

from django import forms
from django.utils import timezone

from cohorts.models import Cohort, Component, SchoolHoliday, Session, SessionPart
from cohorts.planning import Draft, Pattern, propose
from cohorts.planning.bank_holidays import known_years
from cohorts.states import Nation, Recording
from steppingup.formats import english
from steppingup.formats.date_fields import ClockInput, DayInput
from steppingup.steps.step import StepForm, Table


def drafts_for(cohort: Cohort, pattern: Pattern) -> list[Draft]:
    """Sessions of those components that have none yet."""
    held = Session.objects.filter(cohort=cohort).going_ahead()
    taken = held.values("component").union(SessionPart.objects.filter(session__in=held).values("component"))
    components = Component.objects.filter(plan=cohort.plan_id, recording=Recording.REGISTER).exclude(pk__in=taken)
    off = frozenset() if pattern.in_holidays else SchoolHoliday.objects.of(cohort.programme.provider_id).days()
    return propose(components, list(cohort.peer_groups.all()), pattern, cohort.programme.nation, off)


class PatternForm(StepForm):
    """How the sessions of a plan lie in the calendar."""

    first_on = DayInput(label="First day")
    weeks_between = forms.IntegerField(
        label="Weeks from one module to the next", min_value=1, max_value=26, initial=4, widget=forms.NumberInput
    )
    days_in_a_row = forms.IntegerField(
        label="Days in a row",
        min_value=1,
        max_value=5,
        initial=2,
        help_text="If the plan is in single days, how many of them make up one module.",
    )
    starts = ClockInput(label="Starts at", initial="09:30")
    ends = ClockInput(label="Ends at", initial="16:30")
    in_holidays = forms.BooleanField(
        label="Also in school holidays",
        required=False,
        help_text="Otherwise those that your organisation has entered stay free.",
    )
    to_be_confirmed = forms.BooleanField(
        label="They are to be confirmed",
        required=False,
        help_text="While rooms or speakers are not sure. Calendars say so, and people are told once you confirm the dates.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_on"].initial = self.subject.starts_on

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", "The day must end after it starts.")
        return values

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"to_be_confirmed": given.pop("to_be_confirmed"), "pattern": Pattern(**given)}

    def _drafts(self, cohort: Cohort) -> list[Draft]:
        return drafts_for(cohort, self.values()["pattern"])

    def warnings(self, subject: Any) -> list[str]:
        nation, drafts = Nation(subject.programme.nation), self._drafts(subject)
        after, said = known_years(nation)[-1], []
        outside = [d for d in drafts if not subject.starts_on <= timezone.localdate(d.starts_at) <= subject.ends_on]
        if outside:
            said.append(
                f"{english.counted(len(outside), 'session')} would be outside the cohort's dates, "
                f"{english.day_date(subject.starts_on)} to {english.day_date(subject.ends_on)}."
            )
        if any(timezone.localdate(draft.starts_at).year > after for draft in drafts):
            said.append(
                f"Bank holidays of {nation.label} after {after} are worked out by the usual rule. Extra ones, such as for a "
                "coronation, have not been announced yet."
            )
        return said

    def table(self, subject: Any) -> Table:
        drafts = self._drafts(subject)
        return Table(
            f"{english.counted(len(drafts), 'session')} to be made",
            ("When", "Session", "Group", "Days"),
            [
                (
                    english.span(draft.starts_at, draft.ends_at),
                    draft.title,
                    str(draft.peer_group or "Everybody"),
                    english.days(draft.days),
                )
                for draft in drafts
            ],
        )
