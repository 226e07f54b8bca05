"""Notes of staff on a participant: written, corrected, removed."""

from datetime import date
from typing import Any

from django import forms

from cohorts.actions.sessions import RUN
from cohorts.models import Enrolment, StaffNote
from cohorts.models.notes import near_to
from cohorts.states.notes import NoteKind
from steppingup import clock
from steppingup.accounts.actors import Actor, OwnRecord, person
from steppingup.accounts.models import User
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, Weight, step

NO_TEXT, NO_CHANGE = "Write the note.", "Nothing has changed. Change the note first."
LONGEST = 5000
NEAR = "You cannot write or change notes about this participant: you are they, or their line manager, mentor or host. Ask a colleague."


def _require_colleague(by: Actor, about: Any) -> None:
    """Raises OwnRecord for whoever is something else to the participant than staff."""
    enrolment = about.enrolment_id if isinstance(about, StaffNote) else about.pk
    if isinstance(by, User) and near_to(by).filter(pk=enrolment).exists():
        raise OwnRecord(NEAR)


class NoteForm(StepForm):
    kind = forms.ChoiceField(label="What is it about?", choices=NoteKind.choices, initial=NoteKind.CALL)
    on = DayInput(label="When was it?")
    text = forms.CharField(
        label="Note",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": NO_TEXT},
        help_text="Write only what you would say to them. They may ask what is kept about them, and get it with that.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class CorrectForm(NoteForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "on", "text"):
            self.fields[name].initial = getattr(self.subject, name)


def _require_not_later(on: date) -> None:
    refuse_if(on > clock.today(), "Enter today or a day before it.", "future", field="on")


@step(
    Enrolment,
    "Write a note",
    name="write_note",
    past="Note written",
    meaning="Those who run the cohort read it. The participant, their employer, line manager, mentor and host do not see it here.",
    permission=RUN,
    guard=_require_colleague,
    form=NoteForm,
)
def write_note(*, enrolment: Enrolment, text: str, on: date, by: Actor, kind: str = NoteKind.CALL) -> StaffNote:
    """Note something about a participant for colleagues. Nobody is told. Raises NotPossible without words, or for a day to come."""
    _require_not_later(on)
    return StaffNote.objects.create(
        enrolment=enrolment, kind=kind, on=on, text=required(text, NO_TEXT, "text"), written_by=person(by)
    )


@step(
    StaffNote,
    "Correct the note",
    name="correct_note",
    noun="note",
    past="Corrected",
    meaning="What it said before stays in its history.",
    permission=RUN,
    guard=_require_colleague,
    form=CorrectForm,
    undo="correct_note",
)
def correct_note(*, note: StaffNote, text: str, on: date, kind: str, by: Actor) -> StaffNote:
    """Say it in other words. Raises NotPossible without words, for a day to come, and where nothing changes."""
    _require_not_later(on)
    found = StaffNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    new = (kind, on, required(text, NO_TEXT, "text"))
    refuse_if(new == (found.kind, found.on, found.text), NO_CHANGE, "same")
    found.kind, found.on, found.text = new
    found.save(update_fields=["kind", "on", "text"])
    return found


@step(
    StaffNote,
    "Remove the note",
    name="remove_note",
    noun="note",
    past="Note removed",
    meaning="It is deleted.",
    permission=RUN,
    guard=_require_colleague,
    page="enrolment",
    weight=Weight.DANGER,
)
def remove_note(*, note: StaffNote, by: Actor) -> Enrolment:
    """Delete it."""
    enrolment = note.enrolment
    note.delete()
    return enrolment
