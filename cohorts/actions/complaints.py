"""Complaints about personal data: written here or told to staff, acknowledged, looked into, answered."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from cohorts.models import DataComplaint, DataComplaintNote
from cohorts.models.complaints import LONGEST
from cohorts.notices import complaints as notices
from cohorts.permissions import CohortPermission
from cohorts.states.complaints import COMPLAINT, ComplaintKind
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, holds_everywhere, person
from steppingup.accounts.models import Organisation, User
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.history.previews import note as say_before
from steppingup.steps.step import StepForm, Waiting, Weight, step

EDIT = CohortPermission.EDIT_PROGRAMMES
NO_WORDS, NO_NAME, NO_KIND = "Write what happened.", "Write your name.", "Choose what it is about."
NO_WAY = "Give an email address, or say how else you can be reached."


def _checked(email: str, contact: str) -> dict[str, str]:
    email, contact = email.strip(), contact.strip()
    refuse_if(not email and not contact, NO_WAY, "no_way", field="email")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise NotPossible(f"“{email}” is not an email address.", "address", field="email") from None
    return {"email": email, "contact": contact}


def _kept(complaint: DataComplaint) -> DataComplaint:
    """It has arrived: whoever has an email address is told at once, and so it is acknowledged."""
    complaint.save()
    if notices.tell(notices.RECEIVED, complaint):
        COMPLAINT.move(complaint, "acknowledge", acknowledged_on=clock.today())
    return complaint


@transaction.atomic
def complain(
    *, provider: Organisation, kind: str, text: str, name: str, email: str = "", contact: str = "", wish: str = ""
) -> DataComplaint:
    """Anybody complains to a provider about their own data. Where they give an address it is acknowledged at once.

    Raises NotPossible without words, a name or a way to reach them."""
    return _kept(
        DataComplaint(
            provider=provider,
            kind=ComplaintKind(kind),
            text=required(text, NO_WORDS, "text"),
            name=required(name, NO_NAME, "name"),
            wish=wish.strip(),
            **_checked(email, contact),
        )
    )


def _long(label: str, *, needed: str = "", hint: str = "", rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(needed),
        max_length=LONGEST,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": needed},
    )


class EnterForm(StepForm):
    """What came by letter, by telephone or in person."""

    name = NameInput(label="Whose complaint is it?", max_length=150, error_messages={"required": "Write their name."})
    kind = forms.ChoiceField(
        label="What is it about?", choices=ComplaintKind.choices, error_messages={"required": NO_KIND}
    )
    text = _long("What happened?", needed=NO_WORDS)
    wish = _long("What do they wish for?", rows=3)
    received_on = DayInput(label="When did it arrive?", error_messages={"required": "Enter the day it arrived."})
    email = AddressInput(label="Their email address, if they have one", required=False)
    contact = NameInput(label="How else can they be reached?", max_length=300, required=False)


def _require_all_of_it(by: Actor, provider: Organisation) -> None:
    """Whoever looks after some cohorts only does not read complaints, and so writes none down."""
    if isinstance(by, User) and not holds_everywhere(by, EDIT, provider.pk):
        raise NotAllowed(f"{by} does not look after all programmes of {provider}.")


@step(
    Organisation,
    "Enter a complaint about data",
    name="enter_complaint",
    noun="provider",
    past="Complaint about data entered",
    meaning="For a complaint that came by letter, by telephone or in person. Whoever has an email address is told that it has arrived; "
    "otherwise write to them within 30 days, and note here that you have.",
    permission=EDIT,
    guard=_require_all_of_it,
    policy=lambda provider: refuse_if(not provider.is_provider, "This organisation runs no programmes.", "no_provider"),
    form=EnterForm,
)
def enter_complaint(
    *,
    provider: Organisation,
    kind: str,
    text: str,
    name: str,
    received_on: date,
    by: Actor,
    email: str = "",
    contact: str = "",
    wish: str = "",
) -> DataComplaint:
    """As `complain`, for somebody else. Raises NotPossible also for a day to come."""
    refuse_if(received_on > clock.today(), "Enter today or an earlier day.", "too_early", field="received_on")
    return _kept(
        DataComplaint(
            provider=provider,
            kind=ComplaintKind(kind),
            text=required(text, NO_WORDS, "text"),
            name=required(name, "Write their name.", "name"),
            wish=wish.strip(),
            received_on=received_on,
            entered_by=person(by),
            **_checked(email, contact),
        )
    )


@step(
    DataComplaint,
    "Note that it was acknowledged",
    name="acknowledge",
    noun="complaint",
    past="Acknowledged",
    meaning="You have told them that it has arrived: by letter or by telephone, say. Nobody is told by this.",
    permission=EDIT,
    lifecycle=COMPLAINT,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_acknowledge(),
        "complaint about data is to be acknowledged within 30 days",
        "complaints about data are to be acknowledged within 30 days",
        order=4,
    ),
)
def acknowledge(*, complaint: DataComplaint, by: Actor) -> DataComplaint:
    COMPLAINT.move(complaint, "acknowledge", acknowledged_on=clock.today())
    return complaint


class NoteForm(StepForm):
    text = _long("What was done, found or said?", needed="Write the note.")


@step(
    DataComplaint,
    "Note what was done",
    name="note_complaint",
    noun="complaint",
    past="Noted",
    meaning="It stands with the complaint, for those who deal with it. Nobody is told.",
    permission=EDIT,
    form=NoteForm,
)
def note_complaint(*, complaint: DataComplaint, text: str, by: Actor) -> DataComplaintNote:
    """Raises NotPossible without words."""
    return DataComplaintNote.objects.create(
        complaint=complaint, text=required(text, "Write the note.", "text"), by=person(by)
    )


class AnswerForm(StepForm):
    outcome = _long(
        "What came of it?",
        needed="Write what came of it.",
        hint="What you found, what you have put right, and what not and why. It stands in the email to them.",
        rows=8,
    )


@step(
    DataComplaint,
    "Answer it",
    name="answer",
    noun="complaint",
    past="Answered",
    permission=EDIT,
    lifecycle=COMPLAINT,
    form=AnswerForm,
    weight=Weight.STRONG,
    undo="reopen",
    waiting=Waiting(
        lambda rows: rows.to_answer(),
        "complaint about data is to be answered",
        "complaints about data are to be answered",
        43,
    ),
)
def answer(*, complaint: DataComplaint, outcome: str, by: Actor) -> DataComplaint:
    """They are told what came of it, where they have an email address. Raises NotPossible without words."""
    outcome = required(outcome, "Write what came of it.", "outcome")
    COMPLAINT.move(complaint, "answer", closed_at=clock.now(), outcome=outcome)
    if not notices.tell(notices.ANSWERED, complaint, outcome=outcome):
        say_before(f"{complaint.name} has no email address here. Tell them by letter or by telephone.")
    return complaint


@step(
    DataComplaint,
    "Open it again",
    name="reopen",
    noun="complaint",
    past="Opened again",
    meaning="It is to be answered once more. Nobody is told.",
    permission=EDIT,
    lifecycle=COMPLAINT,
    undo="answer",
)
def reopen(*, complaint: DataComplaint, by: Actor) -> DataComplaint:
    COMPLAINT.move(complaint, "reopen", closed_at=None)
    return complaint
