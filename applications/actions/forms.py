"""What is asked before a step of the selection."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.utils import timezone

from applications.models import Application, Criterion, Interview
from applications.models.reason import offered
from applications.selection.clashes import warnings_about
from applications.selection.impartiality import assessors_of, families_of, is_impartial, not_signed_in_yet
from applications.selection.interview_times import Times
from applications.states import ApplicationStatus, InterviewStatus, Meaning, ReviewStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats.date_fields import ClockInput, DayInput, in_london
from steppingup.formats.fields import NameInput
from steppingup.formats.keys import keys_in
from steppingup.steps.step import StepForm


def note_field(
    label: str = "Note for the record", help_text: str = "Only staff will see this.", **more: Any
) -> forms.CharField:
    more.setdefault("required", False)
    return forms.CharField(
        label=label, help_text=help_text, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **more
    )


CHOOSE = ("", "Choose a reason")


class ReasonForm(StepForm):
    """A `reason` for turning somebody down, of those that the rules have by which they applied: the interview only where there
    is one, and scores only where people are compared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = {one.cohort.rule_set_id: one.cohort.rule_set for one in self.subjects}
        words: dict[str, list[str]] = {}
        for own in rules.values():
            never = set() if own.has_interview else {Meaning.INTERVIEW}
            never |= set() if own.is_by_merit else {Meaning.SCORE}
            for one in offered(own):
                if one.meaning not in never and str(one) not in words.setdefault(one.key, []):
                    words[one.key].append(str(one))
        # Of several cohorts at once, each applicant reads the words of their own.
        chosen = [CHOOSE, *((key, " / ".join(said)) for key, said in words.items() if said)]
        cast("forms.ChoiceField", self.fields["reason"]).choices = chosen


class TurnDownForm(ReasonForm):
    reason = forms.ChoiceField(
        label="Reason",
        choices=[CHOOSE],
        help_text="The applicant will read this.",
        error_messages={"required": "Choose a reason for turning the application down."},
    )
    note = note_field()


class AssignForm(StepForm):
    """Assessors of the provider who are impartial and have not had this application."""

    assessor = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Assessor",
        error_messages={"required": "Choose an assessor."},
        empty_label="Choose",
    )

    def __init__(self, *args: Any, subject: Application, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        family = families_of([subject])[subject.pk]
        had = set(subject.reviews.exclude(status=ReviewStatus.REMOVED).values_list("assessor", flat=True))
        everybody = assessors_of(subject.cohort)
        near = [person for person in everybody if not is_impartial(person, subject, family)]
        people = [person for person in everybody if person.pk not in had and person not in near]
        field = cast("forms.ModelChoiceField", self.fields["assessor"])
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        if near:
            names = ", ".join(str(person) for person in near)
            field.help_text = f"Left out because they are from the applicant's organisation: {names}."
        if not people:
            field.help_text = (
                "Everybody who can score has already had this application, or is from the applicant's organisation."
            )
        field.help_text = " ".join(filter(None, [str(field.help_text), not_signed_in_yet(subject.cohort)]))


class SpreadForm(StepForm):
    """Which applications: those that were ticked, or everybody who lacks assessors."""

    applications = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_applications(self) -> list[int] | None:
        return keys_in(self.cleaned_data["applications"].split(",")) or None


class InterviewForm(StepForm):
    """Day and time are London's. Length, place and panel are mostly those of the cohort's latest interview."""

    day = DayInput(label="Day")
    time = ClockInput(label="Time", help_text="London time.")
    minutes = forms.IntegerField(label="How long, in minutes", min_value=5, max_value=480, initial=45)
    place = NameInput(label="Place", max_length=200, help_text="A room and address, or a link for a video call.")
    panel = NameInput(label="Who will be there", max_length=300, required=False)
    SHARED = ("minutes", "place", "panel")

    def __init__(self, *args: Any, subject: Application, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        arranged = subject.interviews.filter(status=InterviewStatus.ARRANGED).first()
        latest = arranged or Interview.objects.filter(application__cohort=subject.cohort_id).order_by("-pk").first()
        if latest:
            self.initial = {**self.initial, **{name: getattr(latest, name) for name in self.SHARED}}
        if arranged:
            local = timezone.localtime(arranged.starts_at)
            self.initial = {**self.initial, "day": local.date(), "time": local.time()}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("day") and values.get("time"):
            try:
                self._require_future("day", in_london(datetime.combine(values["day"], values["time"])))
            except forms.ValidationError as sentence:
                self.add_error("time", sentence)
        return values

    def _require_future(self, field: str, starts_at: datetime) -> None:
        if starts_at <= clock.now():
            self.add_error(field, "Choose a day and time in the future.")
        self.starts_at = starts_at

    def warnings(self, subject: Application) -> list[str]:
        return warnings_about(subject, self.starts_at, self.cleaned_data["minutes"], self.cleaned_data["place"])

    def values(self) -> dict[str, Any]:
        return {"starts_at": self.starts_at, **{name: self.cleaned_data[name] for name in self.SHARED}}


class InvitationForm(InterviewForm):
    """For one person, day and time; for several, when the first comes and how they follow one another."""

    first_on = DayInput(label="First day", help_text="When a day is full, we carry on the next working day.")
    begins = ClockInput(label="First interview starts at", initial="09:30")
    ends = ClockInput(label="Last interview of the day ends by", initial="16:30")
    pause = forms.IntegerField(label="Break between interviews, in minutes", min_value=0, max_value=240, initial=15)
    lunch_from = ClockInput(label="Lunch from", initial="12:30", required=False, help_text="No interview lies in it.")
    lunch_to = ClockInput(label="Lunch until", initial="13:30", required=False)
    field_order = (
        *("day", "time", "first_on", "begins", "ends", "lunch_from", "lunch_to"),
        *("minutes", "pause", "place", "panel"),
    )
    suggests = InterviewForm.SHARED
    LUNCH = ("lunch_from", "lunch_to")
    SEVERAL = ("first_on", "begins", "ends", "pause", *LUNCH)
    #: Whoever is invited keeps their place in the order, should a worker begin again.
    TAKES_A_TIME = (ApplicationStatus.SHORTLISTED, ApplicationStatus.INTERVIEW)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("day", "time") if len(self.subjects) > 1 else self.SEVERAL:
            del self.fields[name]
        self.times: dict[int, datetime] = {}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        names = (*self.SEVERAL, "minutes")
        if len(self.subjects) == 1 or any(values.get(name) is None for name in names if name not in self.LUNCH):
            return values
        if not _is_span(values.get("lunch_from"), values.get("lunch_to")):
            self.add_error("lunch_to", "Lunch must end after it starts. Leave both empty for none.")
            return values
        takers = [one.pk for one in self.subjects if one.status in self.TAKES_A_TIME]
        nation = self.subjects[0].cohort.programme.nation
        given: dict[str, Any] = {name: values.get(name) for name in names}
        plan = Times(**given, nation=nation)
        found = plan.first(len(takers))
        if not plan.a_day:
            self.add_error("ends", "The day is too short for an interview. End it later, or start earlier.")
        elif len(found) < len(takers):
            self.add_error("ends", "There are not enough days in a year for all of them. End each day later.")
        elif found:
            self._require_future("first_on", found[0])
        self.times = dict(zip(takers, found, strict=False))
        return values

    def values_for(self, subject: Application) -> dict[str, Any]:
        """Nobody's time where it is refused anyway."""
        self.starts_at = self.times.get(subject.pk, getattr(self, "starts_at", clock.now()))
        return self.values()


def _is_span(start: time | None, end: time | None) -> bool:
    """Two times of which the first is before the second, or none at all."""
    return start < end if start and end else start is end


class RecordForm(StepForm):
    """The panel's scores on the same criteria as in the review (B24)."""

    outcome = forms.ChoiceField(
        label="The panel recommends",
        choices=[("", "Choose"), *Interview.Outcome.choices],
        error_messages={"required": "Choose what the panel recommends."},
    )
    note = note_field("Notes from the panel")

    def __init__(self, *args: Any, subject: Application, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        highest = subject.cohort.window.max_score
        self.criteria = list(Criterion.objects.filter(rule_set=subject.cohort.rule_set_id))
        fields: dict[str, forms.Field] = {}
        for criterion in self.criteria:
            fields[f"score_{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.title,
                coerce=int,
                choices=[("", "Choose a score"), *((n, str(n)) for n in range(highest + 1))],
                error_messages={"required": f"Choose a score for {criterion.title.lower()}."},
            )
            fields[f"comment_{criterion.pk}"] = forms.CharField(
                label=f"{criterion.title}: comment",
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields = {**fields, **self.fields}

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        scores = {c.pk: (given[f"score_{c.pk}"], given[f"comment_{c.pk}"]) for c in self.criteria}
        return {"scores": scores, "outcome": given["outcome"], "note": given["note"]}
