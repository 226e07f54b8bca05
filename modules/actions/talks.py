"""Whether a speaker comes: asked by email, answered by a link or by telephone, and told when the session moves or does not take place
(B6, L7)."""

from typing import Any

from django import forms
from django.db import transaction

from cohorts.models import Session
from cohorts.permissions import CohortPermission
from modules import talk_notices as notices
from modules.models import SessionSpeaker, Speaker
from modules.models.module import LONGEST
from modules.policies import KEEP
from modules.states import Comes
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, may
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import ChosenFrom, StepForm, step

NO_ANSWER = "Say whether you come."


def asked_now(talk: SessionSpeaker) -> None:
    """Ask the speaker, where there is an address and the session is to come."""
    if talk.speaker.email and talk.session.starts_at > clock.now() and not talk.session.cancelled_at:
        notices.ask(talk)
        talk.asked_at = clock.now()
        talk.save(update_fields=["asked_at"])


# -- asked once more -------------------------------------------------------------------------------


def _to_ask(speaker: Speaker) -> Any:
    return SessionSpeaker.objects.to_come().filter(speaker=speaker, comes="")


def _require_to_ask(speaker: Speaker) -> None:
    refuse_if(not speaker.email, f"Enter an email address for {speaker.name} first.", "no_address")
    refuse_if(not _to_ask(speaker).exists(), f"{speaker.name} has answered for every talk to come.", "none_waiting")


@step(
    Speaker,
    "Ask whether they come",
    name="ask_whether",
    past="Asked whether they come",
    meaning="They get an email about each talk to come that they have not answered for, with a page on which they do so without an account.",
    permission=KEEP,
    policy=_require_to_ask,
    explains=True,
)
def ask_whether(*, speaker: Speaker, by: Actor) -> Speaker:
    """Ask a speaker about every talk to come that has no answer, also once more: those that whoever asks looks after.

    Raises NotPossible where none of them is theirs."""
    talks = [one for one in _to_ask(speaker).for_steps().order_by("session__starts_at", "pk") if may(by, KEEP, one)]
    refuse_if(not talks, f"{speaker.name} has answered for every talk to come in your cohorts.", "none_waiting")
    for talk in talks:
        asked_now(talk)
    return speaker


# -- answered --------------------------------------------------------------------------------------


def _require_speaker_or_staff(by: Actor, talk: SessionSpeaker) -> None:
    if isinstance(by, LinkHolder):
        if by.link.purpose == notices.TALK_LINK and by.link.target == talk:
            return
    elif may(by, KEEP, talk) or may(by, CohortPermission.RUN_COHORTS, talk.session):
        return
    raise NotAllowed(f"{by} does not say whether {talk.speaker.name} comes.")


@transaction.atomic
def answer(*, talk: SessionSpeaker, comes: str, by: Actor, said: str = "") -> SessionSpeaker:
    """Whether the speaker comes, said by their link or by staff whom they told. Those who run the cohort are told if they do not.

    Raises NotPossible once the session has begun or is cancelled."""
    _require_speaker_or_staff(by, talk)
    found = SessionSpeaker.objects.select_for_update(of=("self",)).for_steps().get(pk=talk.pk)
    session = found.session
    refuse_if(
        session.cancelled_at or session.starts_at <= clock.now(),
        "This session has begun or does not take place.",
        "over",
    )
    before, found.comes, found.said = found.comes, Comes(comes).value, said.strip()
    found.answered_at = clock.now()
    found.save(update_fields=["comes", "said", "answered_at"])
    if found.comes == before:
        return found
    if found.comes == Comes.NO:
        if before == Comes.YES and found.speaker.email:
            notices.tell_off(found, "You told us that you cannot come.", was_coming=True)
        notices.tell_staff(found)
    elif found.speaker.email:
        notices.tell_standing(found)
    return found


class AnswerForm(StepForm):
    """For whoever answers by telephone."""

    talk = ChosenFrom(
        SessionSpeaker,
        lambda speaker: (
            SessionSpeaker.objects.to_come().filter(speaker=speaker).for_steps().order_by("session__starts_at")
        ),
        within=KEEP,
        said=lambda talk: f"{talk.session}, {english.span(talk.session.starts_at, talk.session.ends_at)}",
        label="Which talk?",
        error_messages={"required": "Choose the talk."},
    )
    comes = forms.ChoiceField(
        label="Do they come?", choices=Comes.choices, error_messages={"required": "Say whether they come."}
    )
    said = forms.CharField(
        label="What they said, if you like",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _require_talk(speaker: Speaker) -> None:
    there = SessionSpeaker.objects.to_come().filter(speaker=speaker).exists()
    refuse_if(not there, f"{speaker.name} has no talk to come.", "none_to_come")


@step(
    Speaker,
    "Record their answer",
    name="record_answer",
    past="Answer recorded",
    meaning="For whoever answered by telephone or in a letter.",
    permission=KEEP,
    policy=_require_talk,
    form=AnswerForm,
)
def record_answer(*, speaker: Speaker, talk: SessionSpeaker, comes: str, by: Actor, said: str = "") -> Speaker:
    """What a speaker said otherwise than by the link. Raises NotPossible for another one's talk, and as `answer`."""
    refuse_if(talk.speaker_id != speaker.pk, f"This is not a talk of {speaker.name}.", "not_theirs", field="talk")
    answer(talk=talk, comes=comes, said=said, by=by)
    return speaker


# -- what becomes of the session -------------------------------------------------------------------


def speakers_hear_that_it_moves(session: Session, before: str) -> None:
    """The session is at another time or place: whoever was asked is asked anew, unless they had said no."""
    if session.starts_at <= clock.now():
        return
    for talk in session.speakers.exclude(asked_at=None).exclude(comes=Comes.NO).for_steps().order_by("pk"):
        talk.session, had_said_yes = session, talk.comes == Comes.YES
        talk.comes, talk.answered_at = "", None
        talk.save(update_fields=["comes", "answered_at"])
        notices.tell_moved(talk, before, had_said_yes)


def speakers_hear_that_it_ends(session: Session, reason: str) -> None:
    """The session is cancelled: whoever was asked is told, unless they had said no or it is over."""
    if session.starts_at <= clock.now():
        return
    for talk in session.speakers.exclude(asked_at=None).exclude(comes=Comes.NO).for_steps().order_by("pk"):
        talk.session = session
        notices.tell_off(talk, str(session.message_facts["why"]), was_coming=talk.comes == Comes.YES)
