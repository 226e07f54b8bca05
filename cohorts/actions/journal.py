"""The journal of a participant: entries, their files, and who may read which (B53). Nobody but the participant does any of it, and
nothing of what they write is in an email, in a history or on a page of staff."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction

from cohorts.journal import Reader, holding, read_by, readers_for, readers_of
from cohorts.models import Enrolment, JournalEntry, JournalFile, SharedEntry
from cohorts.models.journal import LONGEST, MOST_FILES
from cohorts.notices import journal as notices
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.files.models import StoredFile
from steppingup.formats.english import counted
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, Weight, step

NO_TITLE, NO_TEXT = "Give the entry a title.", "Write something."
FUTURE = "This day is in the future. Enter today or an earlier day."


def require_writer(by: Actor, about: Enrolment | JournalEntry | SharedEntry) -> None:
    """Whatever role somebody holds: a journal is its writer's."""
    entry = about.entry if isinstance(about, SharedEntry) else about
    enrolment = entry.enrolment if isinstance(entry, JournalEntry) else entry
    if not isinstance(by, User) or by.pk != enrolment.participant_id:
        raise NotAllowed("A journal belongs to whoever writes it.")


def _checked(title: str, text: str, on: date) -> dict[str, Any]:
    refuse_if(on > clock.today(), FUTURE, "too_early", field="on")
    title, text = required(title, NO_TITLE, "title"), required(text, NO_TEXT, "text")
    refuse_if(
        len(text) > LONGEST,
        f"This is longer than {LONGEST:,} characters. Write the rest in another entry.",
        "too_long",
        field="text",
    )
    return {"title": title, "text": text, "on": on}


def _attach(entry: JournalEntry, file: StoredFile | None) -> None:
    if file is None:
        return
    refuse_if(
        entry.files.count() >= MOST_FILES,
        f"An entry can have {counted(MOST_FILES, 'file')}. Remove one first, or write another entry.",
        "too_many_files",
        field="file",
    )
    JournalFile.objects.create(entry=entry, file=file)


@transaction.atomic
def write(
    *,
    enrolment: Enrolment,
    title: str,
    text: str,
    on: date,
    by: Actor,
    file: StoredFile | None = None,
    submission: UUID | None = None,
) -> JournalEntry:
    """An entry that only its writer reads. The same `submission` again returns what it made.

    Raises NotAllowed for anybody but the participant, and NotPossible without a title or a text, or for a day to come."""
    require_writer(by, enrolment)
    if submission and (same := JournalEntry.objects.filter(submission=submission, enrolment=enrolment).first()):
        return same
    given = _checked(title, text, on)
    entry = JournalEntry.objects.create(enrolment=enrolment, submission=submission, **given)
    _attach(entry, file)
    return entry


@transaction.atomic
def change(
    *, entry: JournalEntry, title: str, text: str, on: date, by: Actor, file: StoredFile | None = None
) -> JournalEntry:
    """Other words, or one more file. Whoever reads it reads it so, once they have opened it again; what stood there before is not
    kept. Raises as `write` does, and NotPossible for a file too many."""
    require_writer(by, entry)
    given = _checked(title, text, on)
    found = JournalEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    is_other = file is not None or any(getattr(found, name) != value for name, value in given.items())
    for name, value in given.items():
        setattr(found, name, value)
    if is_other:
        found.changed_at = clock.now()
    found.save(update_fields=[*given, "changed_at"])
    _attach(found, file)
    return found


@transaction.atomic
def remove_file(*, file: JournalFile, by: Actor) -> JournalEntry:
    """A file leaves its entry; its bytes go with it. Raises NotAllowed for anybody but the participant."""
    entry = file.entry
    require_writer(by, entry)
    stored = file.file
    file.delete()
    stored.delete()
    return entry


@transaction.atomic
def delete(*, entry: JournalEntry, by: Actor) -> None:
    """Nothing of it is kept, and nobody reads it any more. Raises NotAllowed for anybody but the participant."""
    require_writer(by, entry)
    stored = [one.file for one in entry.files.select_related("file")]
    entry.delete()
    for file in stored:
        file.delete()


# -- who reads it ------------------------------------------------------------------------------------


def not_yet(entry: JournalEntry) -> list[Reader]:
    """With whom it could be shared, and is not."""
    shared = {(one.role, one.reader_id) for one in entry.sharings.standing()}
    return [one for one in readers_for(entry) if (one.role, one.user.pk) not in shared]


class ShareForm(StepForm):
    readers = forms.MultipleChoiceField(
        label="Who may read it?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose who may read it.", "invalid_choice": "Choose who may read it."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = not_yet(self.subject)
        self.fields["readers"].choices = [(one.key, one.label) for one in found]  # type: ignore[attr-defined]


def _require_to_share(entry: JournalEntry) -> None:
    refuse_if(
        not readers_of(entry.enrolment),
        "There is nobody to share it with: you have no line manager or mentor here now.",
        "nobody_there",
    )
    refuse_if(
        not readers_for(entry),
        "There is nobody to share it with: this is for your mentor, and you have none now.",
        "nobody_there",
    )
    refuse_if(not not_yet(entry), "Everybody who could read it reads it already.", "shared")


@step(
    JournalEntry,
    "Share this entry",
    name="share_entry",
    noun="entry",
    past="Shared",
    meaning="Whoever you choose can read this entry and its files, as it stands from day to day, until you take it back. They get an email "
    "that there is an entry, without a word of it. Nobody else sees it.",
    guard=require_writer,
    policy=_require_to_share,
    form=ShareForm,
    final="What somebody has read, they have read. You can stop sharing it at any time, though, and see whether it was opened.",
    weight=Weight.STRONG,
)
def share(*, entry: JournalEntry, readers: list[str], by: Actor) -> JournalEntry:
    """These may read it from now on, by the keys of readers: those who read it already go on. Raises NotPossible for nobody, and for
    somebody who is not their line manager or mentor now."""
    JournalEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    known = {one.key: one for one in readers_for(entry)}
    refuse_if(
        not readers or any(key not in known for key in readers), "Choose who may read it.", "who", field="readers"
    )
    for key in readers:
        reader = known[key]
        if SharedEntry.objects.get_or_create(entry=entry, reader=reader.user, role=reader.role, ended_at=None)[1]:
            notices.tell_shared(entry, reader)
    return entry


def _require_shared(sharing: SharedEntry) -> None:
    refuse_if(sharing.ended_at, "You have taken it back already.", "not_shared")


@step(
    SharedEntry,
    "Take it back",
    name="take_back_entry",
    noun="sharing",
    past="Taken back",
    meaning="They cannot open it any more from this moment. They are not told.",
    guard=require_writer,
    policy=_require_shared,
    done=lambda sharing: sharing.ended_at is not None,
    final="You can share it again at any time.",
)
def take_back(*, sharing: SharedEntry, by: Actor) -> SharedEntry:
    """Gone for its reader at this moment; whether they had opened it can be said (`read_in_words`). They are not told."""
    found = SharedEntry.objects.select_for_update(of=("self",)).get(pk=sharing.pk)
    _require_shared(found)
    sharing.ended_at, sharing.read_at, sharing.first_read_at = clock.now(), found.read_at, found.first_read_at
    sharing.save(update_fields=["ended_at"])
    return sharing


@transaction.atomic
def open_entry(*, sharing: SharedEntry, by: Actor) -> SharedEntry:
    """Its reader opens it to read; that they have is kept for its writer to see. Raises NotAllowed for whoever it is not shared with, or
    no longer."""
    found = read_by(by).select_for_update(of=("self",)).filter(pk=sharing.pk).first()
    if found is None:
        raise NotAllowed(f"{by} may not read this entry.")
    found.read_at = clock.now()
    found.first_read_at = found.first_read_at or found.read_at
    found.save(update_fields=["read_at", "first_read_at"])
    return found


def called_to_writer(sharing: SharedEntry) -> str:
    """What the reader is called on its writer's page, as long as they are what they were; after that by their account."""
    found = holding([sharing], sharing.entry.enrolment)
    return found[0][1].called if found else str(sharing.reader)
