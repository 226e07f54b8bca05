"""What a coordinator fills in before a decision."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone

from applications.impartial import assessors_of, family_of, is_impartial
from applications.interview_times import Times
from applications.models import Application, Criterion, Interview
from applications.states import InterviewStatus, Reason, ReviewStatus
from cohorts.models import Cohort
from steppingup.accounts.models import Organisation, User
from steppingup.steps.step import StepForm


def _note(label: str = "Note for the record", *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        help_text=help_text or "Only staff read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    note = _note()


class TurnDownForm(forms.Form):
    reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose a reason"), *Reason.choices],
        help_text="The applicant reads it.",
        error_messages={"required": "Choose a reason for turning the application down."},
    )
    note = _note()


class ReconsiderForm(forms.Form):
    note = _note("Why the decision is taken back", required=True)


class ReopenForm(forms.Form):
    reason = _note("Why the scores are opened again", required=True, help_text="The assessor reads it.")


class AssignForm(StepForm):
    """Assessors of the provider who are impartial and have not had this application."""

    assessor = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Assessor",
        error_messages={"required": "Choose an assessor."},
        empty_label="Choose",
    )

    def __init__(self, data: Any = None, *, subject: Application, **kwargs: Any) -> None:
        super().__init__(data, subject=subject, **kwargs)
        family = family_of(subject)
        had = set(subject.reviews.exclude(status=ReviewStatus.REMOVED).values_list("assessor", flat=True))
        everybody = assessors_of(subject.cohort)
        near = [person for person in everybody if not is_impartial(person, subject, family)]
        people = [person for person in everybody if person.pk not in had and person not in near]
        field = cast("forms.ModelChoiceField", self.fields["assessor"])
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        if near:
            names = ", ".join(str(person) for person in near)
            field.help_text = f"Left out, because they belong to the applicant's organisation: {names}."
        if not people:
            field.help_text = "Everybody who may score has had this application, or is of the applicant's organisation."


def latest_arrangements(cohort: Cohort) -> dict[str, Any]:
    """Length, place and panel of the interview that was arranged last: they are mostly the same for a cohort."""
    latest = Interview.objects.filter(application__cohort=cohort).order_by("-pk").first()
    return {"minutes": latest.minutes, "place": latest.place, "panel": latest.panel} if latest else {}


class InterviewForm(StepForm):
    """Day and time are London's."""

    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(
        label="Time",
        help_text="In London.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(label="How long, in minutes", min_value=5, max_value=480, initial=45)
    place = forms.CharField(label="Place", max_length=200, help_text="A room and address, or a link for a video call.")
    panel = forms.CharField(label="Who will be there", max_length=300, required=False)

    def __init__(self, data: Any = None, *, subject: Application, **kwargs: Any) -> None:
        arranged = subject.interviews.filter(status=InterviewStatus.ARRANGED).first()
        if arranged:
            local = timezone.localtime(arranged.starts_at)
            kwargs["initial"] = {
                "day": local.date(),
                "time": local.time(),
                "minutes": arranged.minutes,
                "place": arranged.place,
                "panel": arranged.panel,
            }
        else:
            kwargs["initial"] = latest_arrangements(subject.cohort)
        super().__init__(data, subject=subject, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("day") and values.get("time"):
            starts_at = timezone.make_aware(datetime.combine(values["day"], values["time"]))
            if starts_at <= timezone.now():
                self.add_error("day", "Choose a day and time that lie in the future.")
            values["starts_at"] = starts_at
        return values

    def values(self) -> dict[str, Any]:
        return {key: self.cleaned_data[key] for key in ("starts_at", "place", "minutes", "panel")}


class TimesForm(forms.Form):
    """When several interviews are held, one after the other."""

    first_on = forms.DateField(
        label="First day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="When a day is full, the next working day goes on.",
    )
    begins = forms.TimeField(
        label="The first begins at", initial="09:30", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label="The last of a day ends by",
        initial="16:30",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(label="How long each lasts, in minutes", min_value=5, max_value=480, initial=45)
    pause = forms.IntegerField(label="Pause between two, in minutes", min_value=0, max_value=240, initial=15)
    place = forms.CharField(label="Place", max_length=200, help_text="A room and address, or a link for a video call.")
    panel = forms.CharField(label="Who will be there", max_length=300, required=False)

    def __init__(self, data: Any = None, *, number: int, cohort: Cohort | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.number = number
        if cohort:
            self.initial = latest_arrangements(cohort)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = ("first_on", "begins", "ends", "minutes", "pause")
        if any(values.get(name) is None for name in names):
            return values
        plan = Times(**{name: values[name] for name in names})
        found = plan.first(self.number)
        if not plan.a_day:
            self.add_error("ends", "The day is too short for one interview: end it later, or begin earlier.")
        elif len(found) < self.number:
            self.add_error("ends", "There are not enough days in a year for all of them: end the days later.")
        elif found and found[0] <= timezone.now():
            self.add_error("first_on", "Choose a day and time that lie in the future.")
        values["times"] = found
        return values

    def times(self) -> list[datetime]:
        return list(self.cleaned_data["times"])

    def shared(self) -> dict[str, Any]:
        """What is the same for everybody."""
        return {name: self.cleaned_data[name] for name in ("minutes", "place", "panel")}


class RecordForm(StepForm):
    """The panel's scores on the same criteria as in the review (B24)."""

    outcome = forms.ChoiceField(
        label="The panel recommends",
        choices=[("", "Choose"), *Interview.Outcome.choices],
        error_messages={"required": "Choose what the panel recommends."},
    )
    note = _note("What the panel wants to remember")

    def __init__(self, data: Any = None, *, subject: Application, **kwargs: Any) -> None:
        super().__init__(data, subject=subject, **kwargs)
        highest = subject.cohort.window.max_score
        self.criteria = list(Criterion.objects.filter(programme=subject.cohort.programme_id))
        fields: dict[str, forms.Field] = {}
        for criterion in self.criteria:
            fields[f"score_{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.title,
                coerce=int,
                choices=[("", "Choose a score"), *((n, str(n)) for n in range(highest + 1))],
                error_messages={"required": f"Give a score for {criterion.title.lower()}."},
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


class EmployerForm(StepForm):
    employer = forms.ModelChoiceField(
        queryset=Organisation.objects.all(),
        label="Organisation",
        empty_label="Choose",
        help_text="If it is not in the list, add it under “Organisations” first.",
        error_messages={"required": "Choose the organisation."},
    )

    def __init__(self, data: Any = None, *, subject: Application, **kwargs: Any) -> None:
        super().__init__(data, subject=subject, **kwargs)
        self.fields["employer"].initial = subject.employer_id
