"""The own log: hours that somebody studied by themselves, and what, for a part of the plan or beside it (B45)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django import forms

from cohorts.actions import days as ledger
from cohorts.actions import minutes as in_minutes
from cohorts.actions.belonging import programme_began, require_on_the_programme_on
from cohorts.extensions import Beside, studied_beside
from cohorts.models import Component, Enrolment, Study
from cohorts.models.study import LEAST_MINUTES, MOST_MINUTES
from cohorts.permissions import CohortPermission
from cohorts.states import CERTIFIED, EnrolmentStatus, Recording
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, System, may, person
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import NameInput, NumberInput
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import StepForm, Weight, step

RUN = CohortPermission.RUN_COHORTS
NO_DAY = "Enter the day of the study."
NOT_WHAT = "Say in one line what was studied."
NO_LOG = "This cohort's plan has nothing that you record in a log of your own."
WHICH = "Choose what it was for."
#: Chosen in place of a part of the plan.
BESIDE = "beside"
BETWEEN = "Enter hours from a quarter (0.25) to 16. If it was more than one day, record each day."


def parts_of(enrolment: Enrolment) -> list[Component]:
    """The parts of the plan that are recorded in an own log."""
    return list(enrolment.cohort.plan.components.filter(recording=Recording.OWN))


def part_of(enrolment: Enrolment, component: Component | None = None) -> Component:
    """The one that is named, as the plan of the cohort has it, else the only one. Raises NotPossible when the plan has none, or
    several and none is named."""
    parts = parts_of(enrolment)
    refuse_if(not parts, NO_LOG, "no_log")
    if component is None:
        refuse_if(len(parts) > 1, WHICH, "which_part", field="component")
        return parts[0]
    found = component.same_in(enrolment.cohort.plan_id)
    if found is None or found not in parts:
        raise NotPossible(f"“{component}” is not recorded in a log of your own.", "no_such_log", field="component")
    return found


def beside_of(enrolment: Enrolment) -> Beside | None:
    """What somebody studies for beside the plan, such as a qualification."""
    return next(filter(None, studied_beside(enrolment)), None)


def _part_or_beside(enrolment: Enrolment, component: Component | None, is_beside: bool) -> Component | None:
    """The part of the plan that an entry is for, or nothing where it is for something beside it."""
    if not is_beside:
        return part_of(enrolment, component)
    refuse_if(not beside_of(enrolment), f"{enrolment.participant} studies for nothing beside the plan.", "not_beside")
    return None


def _require_own(by: Actor, about: Enrolment | Study) -> None:
    """The participant, or whoever runs the cohort for them."""
    enrolment = about.enrolment if isinstance(about, Study) else about
    if isinstance(by, System) or (isinstance(by, User) and by.pk == enrolment.participant_id):
        return
    if not may(by, RUN, enrolment):
        raise NotAllowed(f"{by} may not record what {enrolment.participant} studied.")


def require_open(enrolment: Enrolment, *, counts: bool) -> None:
    """`counts`: for a part of the plan, which completion has counted."""
    refuse_if(
        counts and enrolment.status in CERTIFIED,
        "Completion has been recorded, so the study log can no longer be changed. Undo the completion first.",
        "state",
    )
    refuse_if(
        enrolment.status == EnrolmentStatus.WITHDRAWN,
        f"{enrolment.participant} has left the programme, so nothing more can be recorded.",
        "left",
    )


def _require_a_log(enrolment: Enrolment) -> None:
    require_open(enrolment, counts=False)
    if (enrolment.status not in CERTIFIED and parts_of(enrolment)) or beside_of(enrolment):
        return
    require_open(enrolment, counts=True)
    raise NotPossible(NO_LOG, "no_log")


class StudyForm(StepForm):
    """What was studied on one day."""

    on = DayInput(label="Which day?", error_messages={"required": NO_DAY})
    hours = NumberInput(
        label="How many hours?",
        help_text="An hour and a half is 1.5.",
        min_value=Decimal(LEAST_MINUTES) / 60,
        max_value=Decimal(MOST_MINUTES) / 60,
        error_messages={
            "required": "Enter the hours as a number, such as 1.5.",
            "invalid": "Enter the hours as a number, such as 1.5.",
            "min_value": BETWEEN,
            "max_value": BETWEEN,
        },
    )
    what = NameInput(
        label="What was studied?",
        help_text="One line: a chapter, a course, a talk. The line manager does not see this.",
        max_length=300,
        error_messages={"required": NOT_WHAT},
    )
    beside = NameInput(
        label="If the rest of the day is taken: when was it?",
        help_text="For example, in the evening after a module.",
        max_length=200,
        required=False,
    )


class WhichStudyForm(StudyForm):
    """Asks what it was for, where there are several logs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = parts_of(self.subject) if self.subject else []
        #: What the action is given of each log, by the value of its choice.
        self.logs: dict[str, dict[str, Any]] = {str(part.pk): {"component": part} for part in parts}
        choices = [(str(part.pk), part.title) for part in parts]
        if self.subject and (found := beside_of(self.subject)):
            self.logs[BESIDE] = {"is_beside": True}
            choices.append((BESIDE, found.title))
        if len(choices) > 1:
            which = forms.ChoiceField(
                label="What was it for?",
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": WHICH, "invalid_choice": WHICH},
            )
            self.fields = {"component": which, **self.fields}

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        which = given.pop("component", "") or next(iter(self.logs), "")
        return given | self.logs.get(which, {})


class CorrectForm(StudyForm):
    """As it stands, to be put right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("on", "hours", "what"):
            value = getattr(self.subject, name)
            self.fields[name].initial = english.plain_number(value) if isinstance(value, Decimal) else value
        found = ledger.entries_of(self.subject).standing().exclude(beside="").first() if self.subject else None
        self.fields["beside"].initial = found.beside if found else ""


@step(
    Enrolment,
    "Record study",
    past="Study recorded",
    guard=_require_own,
    policy=_require_a_log,
    form=WhichStudyForm,
    back_by=RUN,
    name="record_study",
)
def record_study(
    *,
    enrolment: Enrolment,
    on: date,
    hours: Decimal,
    what: str,
    by: Actor,
    component: Component | None = None,
    is_beside: bool = False,
    beside: str = "",
    submission: UUID | None = None,
) -> Study:
    """Record that somebody studied for so many hours on a day, for a part of the plan or, `is_beside`, for what they study for
    beside it. What it comes to in days of a part goes to the ledger at once.

    A person has one day a day: what does not fit into what is left of it needs `beside`, which says when they studied. The same
    `submission` again returns what it made. Raises NotPossible for a day in the future or before the programme, hours that cannot
    be, and without a word about what; DayFull when the day is full, without `beside`."""
    locked = Enrolment.objects.locked(enrolment.pk)
    if submission and (same := Study.objects.filter(submission=submission, enrolment=enrolment).first()):
        return same
    part = _part_or_beside(enrolment, component, is_beside)
    require_open(locked, counts=part is not None)
    minutes, what = _checked(enrolment, on, hours, what)
    study = Study.objects.create(
        enrolment=enrolment,
        component=part,
        on=on,
        minutes=minutes,
        what=what,
        recorded_by=person(by) or enrolment.participant,
        submission=submission,
    )
    if part:
        _post(study, part, beside, by)
    return study


def _checked(enrolment: Enrolment, on: date, hours: Decimal, what: str) -> tuple[int, str]:
    """The minutes, and what was studied. Raises NotPossible for what cannot be."""
    refuse_if(
        on > clock.today(),
        "This day is in the future. Record it once you have studied.",
        "too_early",
        field="on",
    )
    require_on_the_programme_on(enrolment, on)
    began = programme_began(enrolment, on)
    refuse_if(
        on < began,
        f"The programme started on {english.day_date(began)}. Enter that date or a later one.",
        "before_start",
        field="on",
    )
    minutes = int((Decimal(hours) * 60).quantize(Decimal(1), ROUND_HALF_UP))
    refuse_if(not LEAST_MINUTES <= minutes <= MOST_MINUTES, BETWEEN, "hours", field="hours")
    refuse_if(not what.strip(), NOT_WHAT, "what", field="what")
    return minutes, what.strip()


def _post(study: Study, part: Component, beside: str, by: Actor) -> None:
    every = Study.objects.filter(enrolment=study.enrolment_id, component__key=part.key)
    given = in_minutes.amount(part, study.enrolment, every, study)
    if given <= 0:  # the minutes are kept; they come to nothing yet
        return
    try:
        ledger.post(
            enrolment=study.enrolment,
            component=part,
            days=given,
            on=study.on,
            source=study,
            note=study.what[:200],
            beside=beside,
            by=by,
        )
    except ledger.DayFull as full:  # said to the participant, not about them
        day, left = english.day_date(study.on), ledger.free_of(study.enrolment, study.on)
        has = f"There is only {part.said(left)} left on {day}" if left else f"{day} is full"
        raise ledger.DayFull(
            f"{has}: {ledger.why_full(study.enrolment, study.on)}.", full.code, field=full.field
        ) from full


def _require_removable(study: Study) -> None:
    refuse_if(study.removed_at, "This entry has already been removed.", "removed")
    refuse_if(
        study.component_id and study.enrolment.status in CERTIFIED,
        "Completion has been recorded, so the study log can no longer be changed. Undo the completion first.",
        "state",
    )


def _take_off(study: Study, note: str, by: Actor) -> None:
    """Under the lock of the place, as it is recorded; asked again there: it may have gone on another page meanwhile."""
    study.enrolment = Enrolment.objects.locked(study.enrolment_id)
    found = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    found.enrolment = study.enrolment
    _require_removable(found)
    study.removed_at, study.removed_by = clock.now(), person(by)
    study.save(update_fields=["removed_at", "removed_by"])
    ledger.reverse_all(source=study, note=note, by=by)


@step(
    Study,
    "Remove the entry",
    name="remove",
    noun="study",
    past="Entry removed",
    meaning=lambda study: f"{study}: {study.what}. It will no longer count.",
    guard=_require_own,
    policy=_require_removable,
    done=lambda study: study.removed_at is not None,
    weight=Weight.DANGER,
    back_by=RUN,
)
def remove(*, study: Study, by: Actor) -> Study:
    """Take an entry of the log back: the ledger gets an entry of the opposite sign."""
    _take_off(study, "Study log entry removed", by)
    return study


@step(
    Study,
    "Correct the entry",
    name="correct",
    noun="study",
    past="Entry corrected",
    meaning="The entry is taken back, and another takes its place.",
    guard=_require_own,
    policy=_require_removable,
    form=CorrectForm,
    undo="correct",
    back_by=RUN,
)
def correct(*, study: Study, on: date, hours: Decimal, what: str, by: Actor, beside: str = "") -> Study:
    """Another day, other hours or other words: the entry is reversed, and a new one made. Returns the new one.

    Raises NotPossible as `record_study` and `remove` do, and when nothing changes."""
    minutes, what = _checked(study.enrolment, on, hours, what)
    refuse_if(
        (on, minutes, what) == (study.on, study.minutes, study.what),
        "Nothing has changed. Enter another day, other hours or other words.",
        "same",
    )
    participant = study.enrolment.participant
    _take_off(study, "Study log entry corrected", by)
    new = Study.objects.create(
        enrolment=study.enrolment,
        component=study.component,
        on=on,
        minutes=minutes,
        what=what,
        recorded_by=person(by) or participant,
    )
    if study.component:
        _post(new, part_of(study.enrolment, study.component), beside, by)
    return new
