"""What people do with one another in the directory: write, not see one another any more, and report (C6)."""

from typing import Any

from django import forms
from django.db import transaction

from cohorts import directory_notices as notices
from cohorts.directory import seen_with, standing_of
from cohorts.models import DirectoryBlock, DirectoryEntry, DirectoryLetter, Enrolment
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if, required

NO_MESSAGE = "Write your message."
NO_REASON = "Say what is wrong, in a sentence or two."
LONGEST = 3000


class LetterForm(forms.Form):
    """What somebody writes to another, and how that one can answer."""

    NO, YES = "no", "yes"
    text = forms.CharField(
        label="Your message",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": NO_MESSAGE},
    )
    shares_address = forms.TypedChoiceField(
        label="How can they answer?",
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial=NO,
        error_messages={"required": "Choose how they can answer."},
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["shares_address"]
        field.choices = [
            (self.NO, "Through the site, as I write to them. They do not see my address"),
            (self.YES, f"To my own address. They see {by.email}, and so does whoever they show it to"),
        ]


class ReportForm(forms.Form):
    reason = forms.CharField(
        label="What is wrong?",
        help_text="The site has not kept what was written in a message. If it matters, copy it here.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": NO_REASON},
    )


def _standing(by: Actor) -> list[DirectoryEntry]:
    """Whoever acts, by their entries. Raises NotAllowed for anybody who is not in the directory."""
    own = standing_of(by) if isinstance(by, User) else []
    if not own:
        raise NotAllowed("Only people who are in the directory themselves write to others in it.")
    return own


def sent_today(person: User) -> int:
    start = clock.local().replace(hour=0, minute=0, second=0, microsecond=0)
    return DirectoryLetter.objects.filter(sender__participant=person, sent_at__gte=start).count()


def _own_for(own: list[DirectoryEntry], other: DirectoryEntry, by: User) -> DirectoryEntry | None:
    """The entry by which this person sees the other's: of the same programme where they have one."""
    able = [one for one in own if seen_with(by, [one]).filter(pk=other.pk).exists()]
    able.sort(key=lambda one: one.programme.pk != other.programme.pk)
    return next(iter(able), None)


@transaction.atomic
def write(*, enrolment: Enrolment, text: str, by: Actor, shares_address: bool = False) -> DirectoryLetter:
    """Pass a message on to the person whose entry is that of `enrolment`, without showing anybody's address but the sender's, if they
    want it. What is written stands in the outbox only until it is sent.

    Raises NotPossible for somebody who has left, or whom they do not see; who takes no messages; for an empty one; and for more in a
    day than the programme lets one person send."""
    own, text = _standing(by), required(text, NO_MESSAGE, "text")
    assert isinstance(by, User)
    # Under the lock of the sender, so that two at once are counted; and of the entry, so that nobody is written to who has left.
    User.objects.select_for_update().get(pk=by.pk)
    other = DirectoryEntry.objects.select_for_update(of=("self",)).joined().filter(enrolment=enrolment).first()
    mine = _own_for(own, other, by) if other else None
    if other is None or mine is None:
        raise NotPossible(
            "They are not in the directory any more, or do not share it with you. Nothing was sent.", "not_seen"
        )
    refuse_if(not other.can_be_written_to, f"{other.name} takes no messages through the site.", "no_messages")
    most = mine.programme.directory_letters
    refuse_if(
        sent_today(by) >= most,
        f"You have sent {english.counted(most, 'message')} today, which is as many as one person can. Send this one tomorrow.",
        "too_many_letters",
        field="text",
    )
    letter = DirectoryLetter.objects.create(
        sender=mine.enrolment, receiver=other.enrolment, sender_name=mine.name, receiver_name=other.name
    )
    notices.pass_on(letter, mine, other, text, by.email if shares_address else "")
    return letter


def _met(by: Actor, enrolment: Enrolment) -> str:
    """What the other is called, as whoever acts knows them: from their entry, or from a message. Raises NotAllowed for whoever has
    neither."""
    if isinstance(by, User):
        seen = seen_with(by, standing_of(by)).filter(enrolment=enrolment).first()
        wrote = DirectoryLetter.objects.of_person(by).filter(sender=enrolment).first()
        if seen or wrote:
            return seen.name if seen else wrote.sender_name if wrote else ""
    raise NotAllowed(f"{by} does not see this entry.")


@transaction.atomic
def block(*, enrolment: Enrolment, by: Actor) -> DirectoryBlock:
    """See no more of somebody in the directory, and be seen by them no more. They are not told."""
    name = _met(by, enrolment)
    assert isinstance(by, User)
    found, _ = DirectoryBlock.objects.get_or_create(person=by, blocked=enrolment.participant, defaults={"name": name})
    return found


@transaction.atomic
def unblock(*, block: DirectoryBlock, by: Actor) -> None:
    """See one another again. Raises NotAllowed for anybody but the one who blocked the other."""
    if not isinstance(by, User) or by.pk != block.person_id:
        raise NotAllowed("Only whoever blocked somebody takes it back.")
    block.delete()


@transaction.atomic
def report(*, enrolment: Enrolment, reason: str, by: Actor) -> int:
    """Tell those who run the programme of whoever is reported. They read who reports it, by the name in the directory. Returns how many
    are told."""
    name, reason = _met(by, enrolment), required(reason, NO_REASON)
    assert isinstance(by, User)
    own = DirectoryEntry.objects.of_person(by).joined().first()
    wrote = DirectoryLetter.objects.of_person(by).filter(sender=enrolment).first()
    reporter = own.name if own else wrote.receiver_name if wrote else ""
    said = f"{reporter} ({own.programme.provider})" if own else reporter
    return len(notices.report(enrolment, reporter=said, name=name, says=reason))
