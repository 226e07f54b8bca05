"""The directory of participants and graduates: how people come to be in it, and out of it again (C6)."""

from typing import Any

from django import forms
from django.db import transaction

from cohorts import directory_notices as notices
from cohorts.directory import may_join, not_confirmed, whom_it_reaches
from cohorts.models import DirectoryEntry, DirectoryLetter, Enrolment
from cohorts.permissions import CohortPermission
from cohorts.states import IN_THE_DIRECTORY, Circle, DirectoryReach
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, person, require_colleague
from steppingup.accounts.models import User
from steppingup.formats.by_post import is_by_post
from steppingup.formats.fields import AddressInput, NameInput, TelephoneInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.messaging.models import Message
from steppingup.messaging.states import DUE, MESSAGE
from steppingup.steps.models import Change
from steppingup.steps.step import StepForm, Waiting, Weight, step

RUN = CohortPermission.RUN_COHORTS
LONGEST = 600
NO_WAY = "Choose at least one way for others to reach you, or leave the directory."
NO_NAME = "Enter the name that others are to see."
#: What an entry says, as its person wrote it.
WORDS = (
    *("name", "job_title", "organisation", "place", "shows_programme", "offers", "seeks"),
    *("takes_messages", "email", "phone", "circle"),
)


class EntryForm(forms.Form):
    """How somebody wants to be found. It begins with what the programme knows, or with what they said before; they change or empty
    what they like. `subject` is their place."""

    name = NameInput(label="Your name, as others are to see it", max_length=150, error_messages={"required": NO_NAME})
    job_title = NameInput(label="Your job title", max_length=150, required=False)
    organisation = NameInput(label="Where you work", max_length=200, required=False)
    place = NameInput(
        label="Your town or region", help_text="So that people nearby find you.", max_length=120, required=False
    )
    shows_programme = forms.BooleanField(label="Show my programme and year", required=False)
    offers = forms.CharField(
        label="What I could share",
        help_text="A few words: a project, a change you led, how you found a mentor.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seeks = forms.CharField(
        label="What I would like to learn",
        help_text="A few words: a field, a skill, a kind of organisation.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    takes_messages = forms.BooleanField(
        label="People may write to me through this site",
        help_text="The site passes a message on by email. Whoever writes does not see your address.",
        required=False,
    )
    email = AddressInput(
        label="Or by email",
        help_text="An address that everybody who sees your entry may have. Leave it empty if you would rather not.",
        required=False,
    )
    phone = TelephoneInput(
        label="Or by telephone",
        help_text="A number that everybody who sees your entry may have. Leave it empty if you would rather not.",
        max_length=30,
        required=False,
    )
    circle = forms.ChoiceField(
        label="Who sees it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who is to see your entry."},
    )

    def __init__(self, *args: Any, subject: Enrolment, circles: list[tuple[str, str]], **kwargs: Any) -> None:
        begins = begin_with(subject)
        super().__init__(*args, **{"initial": begins, **kwargs})
        field: Any = self.fields["circle"]
        field.choices = circles
        if begins["circle"] not in dict(circles):
            self.initial["circle"] = circles[0][0]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not any(values.get(name) for name in ("takes_messages", "email", "phone")):
            self.add_error("takes_messages", NO_WAY)
        return values


def begin_with(enrolment: Enrolment) -> dict[str, Any]:
    """What an entry says now; for a new one what the programme knows, to be changed or emptied."""
    entry = DirectoryEntry.objects.filter(enrolment=enrolment).first()
    if entry:
        return {name: getattr(entry, name) for name in WORDS}
    known = {"name": str(enrolment.participant), "job_title": enrolment.job_title, "organisation": ""}
    if enrolment.employer:
        known["organisation"] = enrolment.employer.name
    usual = {"shows_programme": True, "takes_messages": True, "circle": Circle.PROGRAMME}
    return {**dict.fromkeys(WORDS, ""), **known, **usual}


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    """Only the person themselves is in the directory, changes their entry and leaves: nobody does it for them."""
    if not isinstance(by, User) or by.pk != enrolment.participant_id:
        raise NotAllowed("Only they themselves decide whether they are in the directory.")


def _require_words(enrolment: Enrolment, words: dict[str, Any]) -> dict[str, Any]:
    """The words as they are kept. Raises NotPossible where somebody could not be found or reached by them."""
    found = {name: value.strip() if isinstance(value, str) else value for name, value in words.items()}
    required(found["name"], NO_NAME, "name")
    by_site = found["takes_messages"] and not is_by_post(enrolment.participant.email)
    refuse_if(not (by_site or found["email"] or found["phone"]), NO_WAY, "no_way", field="takes_messages")
    return found


# -- by the person themselves --------------------------------------------------------------------


@transaction.atomic
def join(*, enrolment: Enrolment, by: Actor, **words: Any) -> DirectoryEntry:
    """Be in the directory from now on, with these words (`WORDS`).

    Raises NotPossible where the programme has no directory, for whoever is neither on the programme nor has completed it, is in it
    already, or could not be reached."""
    _require_own(by, enrolment)
    found = Enrolment.objects.for_steps().get(pk=Enrolment.objects.locked(enrolment.pk).pk)
    refuse_if(
        found.cohort.programme.directory == DirectoryReach.NONE, "This programme has no directory.", "no_directory"
    )
    refuse_if(
        not may_join(found), "The directory is for people who are on the programme or have completed it.", "not_on_it"
    )
    refuse_if(
        DirectoryEntry.objects.filter(enrolment=found).exists(), "You are in the directory already.", "in_directory"
    )
    return DirectoryEntry.objects.create(enrolment=found, **_require_words(found, words))


def _own_entry(by: Actor, enrolment: Enrolment) -> DirectoryEntry:
    """Locked. Raises NotPossible for whoever is not in it (any more)."""
    _require_own(by, enrolment)
    found = DirectoryEntry.objects.select_for_update(of=("self",)).filter(enrolment=enrolment).first()
    if found is None:
        raise NotPossible("You are not in the directory any more.", "not_in_directory")
    return found


@transaction.atomic
def change(*, enrolment: Enrolment, by: Actor, **words: Any) -> DirectoryEntry:
    """Say it in other words, at once. It counts as confirming. An entry that is hidden stays so until staff have looked at it again."""
    entry = _own_entry(by, enrolment)
    for name, value in _require_words(entry.enrolment, words).items():
        setattr(entry, name, value)
    entry.changed_at = entry.confirmed_at = clock.now()
    entry.save()
    return entry


@transaction.atomic
def confirm(*, enrolment: Enrolment, by: Actor) -> DirectoryEntry:
    """A graduate wants to be in it for longer."""
    entry = _own_entry(by, enrolment)
    entry.confirmed_at = clock.now()
    entry.save(update_fields=["confirmed_at"])
    return entry


@transaction.atomic
def leave(*, enrolment: Enrolment, by: Actor) -> str:
    """Not be in the directory from this moment on: the entry is deleted, and messages from it that have not left are stopped. Of one
    that is hidden, only that it is stays. Returns whom it no longer reaches, in words."""
    entry = _own_entry(by, enrolment)
    reached = whom_it_reaches(entry)
    if entry.hidden_at:
        blank: dict[str, Any] = dict.fromkeys((*WORDS, ""), "")
        usual = {"shows_programme": False, "takes_messages": False, "circle": Circle.PROGRAMME}
        for name, value in ({name: blank[name] for name in WORDS} | usual).items():
            setattr(entry, name, value)
        entry.save()
        _forget(entry)
        return ""
    remove(entry)
    return reached


# -- and by itself -------------------------------------------------------------------------------


def _forget(entry: DirectoryEntry) -> None:
    """What steps noted of its words goes with them."""
    Change.objects.filter(table=DirectoryEntry._meta.db_table, key=entry.pk).delete()


def remove(entry: DirectoryEntry, *, keeps_a_way_back: bool = False) -> None:
    """Delete an entry, and stop what is on its way to its person through it. A step that does so can be taken back."""
    if not keeps_a_way_back:
        _forget(entry)
    written = Message.objects.about(entry).filter(kind=notices.LETTER.key, status__in=DUE)
    MESSAGE.move_all(Message.objects.filter(pk__in=list(written.values_list("pk", flat=True))), "stop")
    entry.delete()


NOT_ON_IT = "You are not on the programme any more, and the directory is for those who are, or who have completed it."
UNCONFIRMED = "You have not confirmed that you would like to stay in it."


def end_with_the_place(enrolment: Enrolment, by: Actor) -> None:
    """Whoever leaves the programme, or did not complete it, is not in its directory any more, and is told so."""
    if enrolment.status in IN_THE_DIRECTORY:
        return
    entry = DirectoryEntry.objects.select_for_update(of=("self",)).joined().filter(enrolment=enrolment).first()
    if entry:
        notices.tell_person(notices.ENDED, entry, why=NOT_ON_IT)
        remove(entry, keeps_a_way_back=True)


def end_unconfirmed() -> int:
    """Every night: the entries of graduates who were asked and have not confirmed them. They are told. Returns how many."""
    ended = 0
    for one in not_confirmed():
        with transaction.atomic():
            entry = DirectoryEntry.objects.select_for_update(of=("self",)).joined().filter(pk=one.pk).first()
            if entry and entry.confirmed_at == one.confirmed_at:  # not in this second
                notices.tell_person(notices.ENDED, entry, why=UNCONFIRMED)
                remove(entry)
                ended += 1
    return ended


def forget_letters() -> int:
    """Every night: who wrote to whom, a year later."""
    return DirectoryLetter.objects.outlived().delete()[0]


# -- by those who run the programme ----------------------------------------------------------------


def _not_ones_own(by: Actor, entry: DirectoryEntry) -> None:
    require_colleague(by, entry.enrolment.participant, "You cannot decide about your own entry. Ask a colleague.")


def _require_shown(entry: DirectoryEntry) -> None:
    refuse_if(entry.hidden_at, "This entry is hidden already.", "hidden")


def _require_hidden(entry: DirectoryEntry) -> None:
    refuse_if(not entry.hidden_at, "This entry is not hidden.", "not_hidden")


class HideForm(StepForm):
    reason = forms.CharField(
        label="Why?",
        help_text="They read it, and can change their entry.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, in a sentence."},
    )


@step(
    DirectoryEntry,
    "Hide the entry",
    noun="entry",
    past="Hidden",
    meaning="Others do not see it from this moment on, and its person does not see theirs. They are told why, and can change it; then it "
    "waits for you on Today, to be shown again.",
    permission=RUN,
    guard=_not_ones_own,
    policy=_require_shown,
    form=HideForm,
    undo="show_again",
    weight=Weight.DANGER,
)
def hide(*, entry: DirectoryEntry, reason: str, by: Actor) -> DirectoryEntry:
    """Take an entry out of sight, with a reason that its person reads. Raises NotPossible without one."""
    reason = required(reason, "Say why, in a sentence.")
    found = DirectoryEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    _require_shown(found)
    found.hidden_at, found.hidden_by, found.hidden_because = clock.now(), person(by), reason
    found.save(update_fields=["hidden_at", "hidden_by", "hidden_because"])
    notices.tell_person(notices.HIDDEN, entry, reason=reason)
    return found


def _has_words(entry: DirectoryEntry) -> None:
    _require_hidden(entry)
    refuse_if(not entry.name, "They have emptied their entry, so there is nothing to show.", "emptied")


@step(
    DirectoryEntry,
    "Show the entry again",
    noun="entry",
    past="Shown again",
    meaning="Others see it again, and its person sees theirs. They are told.",
    permission=RUN,
    guard=_not_ones_own,
    policy=_has_words,
    undo="hide",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda entries: entries.to_look_at_again(),
        "hidden entry of the directory that its person has changed",
        "hidden entries of the directory that their people have changed",
        order=52,
    ),
)
def show_again(*, entry: DirectoryEntry, by: Actor) -> DirectoryEntry:
    found = DirectoryEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    _has_words(found)
    found.hidden_at, found.hidden_by, found.hidden_because = None, None, ""
    found.save(update_fields=["hidden_at", "hidden_by", "hidden_because"])
    notices.tell_person(notices.SHOWN, entry)
    return found
