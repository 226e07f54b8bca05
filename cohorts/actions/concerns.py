"""Concerns about conduct: written in confidence, read by those to whom they were written, looked at, closed."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from cohorts.models import Concern, ConcernNote, ConcernReader, Enrolment
from cohorts.notices import concerns as notices
from cohorts.permissions import ConcernPermission
from cohorts.states.concerns import CONCERN, ConcernStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, person
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.roles import roles_with
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.history.previews import note as say_before
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, step

HEAR = ConcernPermission.HEAR_CONCERNS
NO_WORDS = "Write what happened."
WHO_READS = "Choose at least one person who may read it."
NO_NOTE = "Write the note."
LONGEST = 20_000


def confidants_of(provider: Organisation | int, writer: Any = None) -> list[User]:
    """Whom a provider names: everybody who holds the role there; but for whoever writes, and who manages them."""
    held = RoleAssignment.objects.current().joined().filter(provider=provider, role__in=roles_with(HEAR))
    found = User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("full_name", "pk")
    if getattr(writer, "is_authenticated", False):
        managed = Enrolment.objects.of_participant(writer).exclude(line_manager=None)
        found = found.exclude(pk__in=managed.values("line_manager")).exclude(pk=writer.pk)
    return list(found)


@transaction.atomic
def raise_concern(
    *,
    provider: Organisation,
    what: str,
    readers: Iterable[User],
    about: str = "",
    wish: str = "",
    name: str = "",
    email: str = "",
    by: Actor | None = None,
) -> Concern:
    """Write to some of those whom the provider names. `by` is looked at only so that nobody is chosen who manages them: it is kept
    nowhere. With an address whoever writes is told that it was received.

    Raises NotPossible without words, for an address that cannot be one, and where nobody may read it."""
    what = required(what, NO_WORDS, "what")
    named = {one.pk: one for one in confidants_of(provider, by)}
    chosen = [named[one.pk] for one in readers if one.pk in named]
    refuse_if(not chosen, WHO_READS, "no_confidant", field="readers")
    if email := email.strip():
        try:
            validate_email(email)
        except ValidationError:
            raise NotPossible(f"“{email}” is not an email address.", "address", field="email") from None
    said = {"about": about, "what": what, "wish": wish, "name": name}
    concern = Concern.objects.create(
        provider=provider, said={key: text.strip() for key, text in said.items()} | {"email": email}
    )
    for one in chosen:
        ConcernReader.objects.create(concern=concern, user=one)
        notices.tell_reader(concern, one)
    _write_down(concern, "Received", "", None)
    notices.tell_writer(notices.RECEIVED, concern, contacts=english.listed(map(str, chosen)))
    return concern


def _write_down(concern: Concern, what: str, text: str, by: Actor | None) -> ConcernNote:
    return ConcernNote.objects.create(
        concern=concern, what=what, text=text.strip() or None, by=person(by) if by else None
    )


def _require_reader(by: Actor, concern: Concern) -> None:
    """Raises NotAllowed for everybody to whom it was not written, whatever else they may."""
    if not isinstance(by, User) or not Concern.objects.visible_to(by).filter(pk=concern.pk).exists():
        raise NotAllowed("Only those to whom it was written read a concern.")


def _words(label: str, *, needed: str = "", hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(needed),
        max_length=LONGEST,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": needed},
    )


class TellForm(StepForm):
    """What whoever wrote it is told; nothing is asked where they cannot be."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject.email:
            self.fields["words"] = _words("What would you like to tell them?", hint="It stands in the email to them.")


def _tell(kind: Any, concern: Concern, words: str) -> None:
    if not notices.tell_writer(kind, concern, words=words.strip()):
        say_before("Whoever wrote it did not say who they are, so they cannot be told.")


@step(
    Concern,
    "Begin to look at it",
    name="look_at",
    past="Being looked at",
    guard=_require_reader,
    permission=HEAR,
    lifecycle=CONCERN,
    form=TellForm,
    final="Whoever wrote it may have read it by then.",
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.waiting(), "concern was written to you", "concerns were written to you", 1),
)
def look_at(*, concern: Concern, by: Actor, words: str = "") -> Concern:
    """Whoever wrote it is told that it is being looked at, where they gave an address."""
    CONCERN.move(concern, "look_at")
    _write_down(concern, "Began to look at it", words, by)
    _tell(notices.LOOKED_AT, concern, words)
    return concern


@step(
    Concern,
    "Close it",
    name="close",
    past="Closed",
    guard=_require_reader,
    permission=HEAR,
    lifecycle=CONCERN,
    form=TellForm,
    final="You can open it again. Whoever wrote it may have read the email by then.",
)
def close(*, concern: Concern, by: Actor, words: str = "") -> Concern:
    """It is settled. Whoever wrote it is told what came of it, where they gave an address."""
    CONCERN.move(concern, "close", closed_at=clock.now())
    _write_down(concern, "Closed", words, by)
    _tell(notices.CLOSED, concern, words)
    return concern


@step(
    Concern,
    "Open it again",
    name="reopen",
    past="Opened again",
    meaning="It is being looked at again. Nobody is told.",
    guard=_require_reader,
    permission=HEAR,
    lifecycle=CONCERN,
    final="You can close it again.",
)
def reopen(*, concern: Concern, by: Actor) -> Concern:
    CONCERN.move(concern, "reopen", closed_at=None)
    _write_down(concern, "Opened again", "", by)
    return concern


class ConcernNoteForm(StepForm):
    text = _words("Note", needed=NO_NOTE, hint="Those to whom the concern was written read it, and nobody else.")


@step(
    Concern,
    "Note something",
    name="note_concern",
    past="Noted",
    meaning="Nobody is told.",
    guard=_require_reader,
    permission=HEAR,
    form=ConcernNoteForm,
    final="What was noted stays. If it is wrong, note what is right.",
)
def note_concern(*, concern: Concern, text: str, by: Actor) -> ConcernNote:
    """What was found, said or agreed. Raises NotPossible without words."""
    return _write_down(concern, "Note", required(text, NO_NOTE, "text"), by)


def _others(concern: Concern) -> Any:
    keys = [one.pk for one in confidants_of(concern.provider_id)]
    readers = ConcernReader.objects.filter(concern=concern).values("user")
    return User.objects.filter(pk__in=keys).exclude(pk__in=readers).order_by("full_name", "pk")


def _require_others(concern: Concern) -> None:
    refuse_if(not _others(concern).exists(), "Nobody else is named as a confidential contact.", "nobody")
    refuse_if(concern.status == ConcernStatus.CLOSED, "This concern is closed.", "closed")


class ReaderForm(StepForm):
    reader = ChosenFrom(User, _others, label="Who is to read it too?", error_messages={"required": "Choose somebody."})

    def warnings(self, subject: Any) -> list[str]:
        return ["Make sure that it is not about them, and that whoever wrote it would not mind."]


@step(
    Concern,
    "Let a colleague read it",
    name="let_read",
    past="A colleague reads it too",
    guard=_require_reader,
    permission=HEAR,
    policy=_require_others,
    form=ReaderForm,
    final="They may have read it by then.",
)
def let_read(*, concern: Concern, reader: User, by: Actor) -> ConcernReader:
    """Another of those whom the provider names reads it from now on. Raises NotPossible for anybody else."""
    refuse_if(
        not _others(concern).filter(pk=reader.pk).exists(),
        "Choose one of the provider’s confidential contacts who does not read it yet.",
        "no_confidant",
        field="reader",
    )
    made = ConcernReader.objects.create(concern=concern, user=reader)
    _write_down(concern, f"{reader} reads it too"[:60], "", by)
    notices.tell_reader(concern, reader)
    return made
