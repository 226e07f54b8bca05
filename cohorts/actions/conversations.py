"""Conversations of participants with their line managers: written down by either, for both (B52, B54). Nobody else reads a word of
them, staff neither, so nothing of them is in an email or a history."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction

from cohorts.actions.years import require_near
from cohorts.models import Conversation, Enrolment
from cohorts.models.conversations import LONGEST
from cohorts.notices import conversations as notices
from cohorts.states import EnrolmentStatus
from cohorts.states.conversations import Side, TalkedHow
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink, User
from steppingup.formats import sameness
from steppingup.formats.date_fields import ThreeBoxes
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, Weight, step

NO_DAY = "Enter the day of the conversation."
NOT_AGREED = "Say in a few words what you talked about and agreed."
MINUTES = "Enter the minutes as a whole number, such as 30."
MOST_MINUTES = 600
NOT_WHAT = "Say what is to be done by then."


# -- who -------------------------------------------------------------------------------------------


def holds_link(link: TokenLink, enrolment: Enrolment) -> bool:
    """Is it the link of whoever is the line manager now? That of the one before them does nothing any more."""
    if link.purpose != notices.CONVERSATION_LINK or link.object_id != enrolment.pk or not enrolment.line_manager_id:
        return False
    return sameness.address(link.email) == sameness.address(enrolment.manager_address)


def side_of(by: Actor, enrolment: Enrolment) -> Side | None:
    """Which of the two they are; nothing for anybody else, whatever role they hold."""
    if isinstance(by, LinkHolder):
        return Side.MANAGER if holds_link(by.link, enrolment) else None
    if not isinstance(by, User) or not by.is_active:
        return None
    if by.pk == enrolment.participant_id:
        return Side.PARTICIPANT
    return Side.MANAGER if by.pk == enrolment.line_manager_id else None


def _require_either(by: Actor, enrolment: Enrolment) -> Side:
    side = side_of(by, enrolment)
    if side is None:
        raise NotAllowed("A conversation belongs to the two who had it.")
    return side


def is_theirs(by: Actor, conversation: Conversation) -> bool:
    """Have they written it down, and are they still what they were?"""
    side = side_of(by, conversation.enrolment)
    if side is None or side != conversation.written_as:
        return False
    return side == Side.PARTICIPANT or conversation.manager_id == conversation.enrolment.line_manager_id


def _require_own(by: Actor, conversation: Conversation) -> None:
    if not is_theirs(by, conversation):
        raise NotAllowed("A conversation is changed by whoever wrote it down.")


# -- what ------------------------------------------------------------------------------------------


class TalkDay(ThreeBoxes):
    """A day in three boxes."""

    def __init__(self, *, missing: str = NO_DAY, **kwargs: Any) -> None:
        super().__init__(sentence="Enter a real date, such as 27 3 2020.", require_all_fields=False, **kwargs)
        self.error_messages["required"] = missing


class ConversationForm(StepForm):
    """What they talked about, said to either of the two."""

    on: Any = TalkDay(label="When did you talk?", help_text="For example, 27 3 2020")
    how = forms.ChoiceField(
        label="How?", choices=TalkedHow.choices, widget=forms.RadioSelect, initial=TalkedHow.MET, required=False
    )
    minutes = forms.IntegerField(
        label="How many minutes, if you like",
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
        error_messages={"invalid": MINUTES, "min_value": MINUTES, "max_value": MINUTES},
    )
    agreed = forms.CharField(
        label="What did you talk about and agree?",
        help_text="Both of you read this, and nobody else does.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": NOT_AGREED},
    )
    impact = forms.CharField(
        label="What has changed at work, if anything",
        help_text="What goes better, or is done differently, because of the programme.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_step = NameInput(label="What is next, if anything", max_length=300, required=False)
    next_by: Any = TalkDay(
        label="By when?", help_text="For example, 27 3 2020. You can leave it empty.", required=False
    )
    progression = forms.BooleanField(
        label="Next time I would like to talk about where I go from here",
        help_text="We remind your line manager of it.",
        required=False,
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.subject if isinstance(self.subject, Conversation) else None
        if known:
            names = [name for name in self.fields if name != "submission"]
            self.initial = {**{name: getattr(known, name) for name in names}, **self.initial}
            del self.fields["submission"]
        enrolment = known.enrolment if known else self.subject
        if enrolment is not None and side_of(self.by, enrolment) == Side.MANAGER:
            del self.fields["progression"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("next_by") and not given.get("next_step"):
            self.add_error("next_step", NOT_WHAT)
        return given


def _checked(enrolment: Enrolment, on: date, agreed: str, next_step: str, next_by: date | None) -> None:
    refuse_if(
        on > clock.today(), "This day is in the future. Write it down once you have talked.", "too_early", field="on"
    )
    require_near(on, enrolment.cohort)
    refuse_if(bool(next_by) and not next_step.strip(), NOT_WHAT, "required", field="next_step")
    required(agreed, NOT_AGREED, "agreed")


def _with_whom(enrolment: Enrolment, side: Side, on: date) -> User | None:
    """A line manager writes of themselves; a participant of whoever was their line manager on that day."""
    now = enrolment.line_manager
    if side == Side.MANAGER or on >= clock.today():
        return now
    then = enrolment.memberships.on(on).select_related("line_manager").first()
    return then.line_manager if then and then.line_manager else now


def _require_open(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.line_manager_id is None,
        f"There is no line manager of {enrolment.participant} here now.",
        "no_manager",
    )
    refuse_if(enrolment.status == EnrolmentStatus.WITHDRAWN, f"{enrolment.participant} has left the programme.", "left")


@step(
    Enrolment,
    "Write down a conversation",
    name="log_conversation",
    past="Conversation written down",
    meaning="Both of you can read it, and nobody else. The other gets an email that it is there, without a word of it.",
    guard=_require_either,
    policy=_require_open,
    form=ConversationForm,
    final="You can correct or remove it at any time, though.",
    weight=Weight.STRONG,
)
def log(
    *,
    enrolment: Enrolment,
    on: date,
    agreed: str,
    by: Actor,
    how: str = TalkedHow.MET,
    minutes: int | None = None,
    impact: str = "",
    next_step: str = "",
    next_by: date | None = None,
    progression: bool = False,
    submission: UUID | None = None,
) -> Conversation:
    """A conversation, for the two who had it; the other is told. The same `submission` again returns what it made.

    Raises NotAllowed for anybody else, and NotPossible for a day to come, without a word about what was agreed, and where there is no line
    manager."""
    side = _require_either(by, enrolment)
    if submission and (same := Conversation.objects.filter(submission=submission, enrolment=enrolment).first()):
        return same
    _checked(enrolment, on, agreed, next_step, next_by)
    manager = _with_whom(enrolment, side, on)
    assert manager is not None
    made = Conversation.objects.create(
        enrolment=enrolment,
        manager=manager,
        written_as=side,
        on=on,
        how=how or TalkedHow.MET,
        minutes=minutes,
        agreed=agreed.strip(),
        impact=impact.strip(),
        next_step=next_step.strip(),
        next_by=next_by,
        progression=progression and side == Side.PARTICIPANT,
        submission=submission,
    )
    if manager.pk == enrolment.line_manager_id:
        notices.tell_logged(enrolment, side, on)
    return made


def _locked(conversation: Conversation, by: Actor) -> Conversation:
    _require_own(by, conversation)
    found = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    found.enrolment = conversation.enrolment
    return found


@transaction.atomic
def correct(
    *,
    conversation: Conversation,
    on: date,
    agreed: str,
    by: Actor,
    how: str = TalkedHow.MET,
    minutes: int | None = None,
    impact: str = "",
    next_step: str = "",
    next_by: date | None = None,
    progression: bool = False,
) -> Conversation:
    """Other words, by whoever wrote it down; both see that it was changed, and when. With whom it was stays. Raises as `log` does, and
    NotPossible for one that was removed."""
    found = _locked(conversation, by)
    refuse_if(found.removed_at, "It was removed. Put it back first.", "removed")
    _checked(found.enrolment, on, agreed, next_step, next_by)
    given: dict[str, Any] = {
        "on": on,
        "how": how or TalkedHow.MET,
        "minutes": minutes,
        "agreed": agreed.strip(),
        "impact": impact.strip(),
        "next_step": next_step.strip(),
        "next_by": next_by,
        "progression": progression and found.written_as == Side.PARTICIPANT,
    }
    if all(getattr(found, name) == value for name, value in given.items()):
        return found
    for name, value in given.items():
        setattr(found, name, value)
    found.changed_at = clock.now()
    found.save(update_fields=[*given, "changed_at"])
    return found


@transaction.atomic
def remove(*, conversation: Conversation, by: Actor) -> Conversation:
    """Neither reads it any more; that it was removed stands in its place, and whoever wrote it can put it back."""
    found = _locked(conversation, by)
    if found.removed_at is None:
        found.removed_at = clock.now()
        found.save(update_fields=["removed_at"])
    return found


@transaction.atomic
def put_back(*, conversation: Conversation, by: Actor) -> Conversation:
    """As it was before it was removed."""
    found = _locked(conversation, by)
    found.removed_at = None
    found.save(update_fields=["removed_at"])
    return found


def called(conversation: Conversation) -> str:
    """What the line manager is called, with whom it was."""
    enrolment = conversation.enrolment
    return enrolment.manager if conversation.manager_id == enrolment.line_manager_id else str(conversation.manager)


def wishes_progression(enrolment: Enrolment) -> bool:
    """Has the participant asked, the last time they wrote one down, to talk about where they go from here?"""
    mine = Conversation.objects.standing().filter(enrolment=enrolment, written_as=Side.PARTICIPANT)
    return bool(mine.values_list("progression", flat=True).order_by("-on", "-pk").first())


def about(enrolment: Enrolment) -> str:
    """For the email to the line manager (R15)."""
    if not wishes_progression(enrolment):
        return ""
    return f"{enrolment.participant} would like to talk with you about where they go from here."
