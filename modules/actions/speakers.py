"""Key speakers from employers at sessions (B6)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cohorts.models import Partner, Session
from modules.actions.talks import asked_now
from modules.models import SessionSpeaker, Speaker
from modules.policies import KEEP
from modules.states import Comes
from modules.talk_notices import tell_off
from steppingup.accounts.actors import Actor, require
from steppingup.history.lifecycle import refuse, refuse_if


def why_not_speaker(session: Session, speaker: Speaker) -> str:
    """A sentence when this person cannot speak there; nothing when they can. The employer must take part in the
    programme: as a partner, or as the provider itself."""
    programme = session.cohort.programme
    if speaker.provider_id != programme.provider_id:
        return f"{speaker.name} is not among the speakers of {programme.provider}. Add them there first."
    if speaker.organisation_id == programme.provider_id:
        return ""
    if Partner.objects.filter(programme=programme, organisation=speaker.organisation_id).exists():
        return ""
    return (
        f"{speaker.organisation} is not a partner of {programme}. Add it to the partners first, or choose a speaker from "
        "a partner organisation."
    )


def talks_at(speaker_ids: Any, starts_at: datetime, ends_at: datetime, besides: Session) -> Any:
    """Other talks of these speakers at the same time."""
    found = SessionSpeaker.objects.filter(
        speaker__in=speaker_ids,
        session__cancelled_at=None,
        session__starts_at__lt=ends_at,
        session__ends_at__gt=starts_at,
    )
    return found.exclude(session=besides).select_related("speaker", "session__cohort")


def speakers_elsewhere(session: Session, starts_at: datetime, ends_at: datetime) -> list[str]:
    """A sentence for each speaker of the session who speaks at another at that time."""
    ours = session.speakers.values("speaker")
    return [
        f"{talk.speaker.name} speaks at “{talk.session}” of {talk.session.cohort} at the same time."
        for talk in talks_at(ours, starts_at, ends_at, session)
    ]


@transaction.atomic
def book(*, session: Session, speaker: Speaker, subject: str = "", by: Actor) -> SessionSpeaker:
    """Put a speaker on a session, or change what they speak about. Where we have an address, they are asked whether they come.

    Raises NotPossible when their employer does not take part, the session is cancelled, or they speak at another at the same
    time."""
    require(by, KEEP, session.cohort)
    refuse(why_not_speaker(session, speaker), "not_a_partner")
    refuse_if(session.cancelled_at, f"“{session}” is cancelled. Choose another session.", "cancelled")
    other = talks_at([speaker.pk], session.starts_at, session.ends_at, session).first()
    refuse_if(
        other,
        f"{speaker.name} speaks at “{other.session if other else ''}” at the same time. Choose another speaker or session.",
        "elsewhere",
    )
    talk, is_new = SessionSpeaker.objects.update_or_create(
        session=session, speaker=speaker, defaults={"subject": subject.strip()}
    )
    if is_new:
        asked_now(SessionSpeaker.objects.for_steps().get(pk=talk.pk))
    return talk


@transaction.atomic
def cancel(*, talk: SessionSpeaker, by: Actor) -> None:
    """The speaker does not speak there after all. Whoever was asked is told, unless they had said no or the session has begun.

    Raises NotPossible once participants have written about it."""
    require(by, KEEP, talk)
    refuse_if(
        talk.feedback.exists(),
        f"Participants have written about the talk by {talk.speaker.name}, so it stays.",
        "written_about",
    )
    found = SessionSpeaker.objects.to_come().exclude(asked_at=None).exclude(comes=Comes.NO).filter(pk=talk.pk)
    for one in found.for_steps():
        was_coming, one.comes = one.comes == Comes.YES, Comes.NO
        one.save(update_fields=["comes"])  # a later version goes from their calendar
        tell_off(one, "We have planned the day anew.", was_coming=was_coming)
    talk.delete()
