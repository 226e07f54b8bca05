"""Key speakers from employers at sessions (B6)."""

from django.db import transaction

from cohorts.models import Partner, Session
from modules.models import SessionSpeaker, Speaker
from modules.policies import KEEP
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


@transaction.atomic
def book(*, session: Session, speaker: Speaker, subject: str = "", by: Actor) -> SessionSpeaker:
    """Put a speaker on a session, or change what they speak about.

    Raises NotPossible when their employer does not take part, or the session is cancelled."""
    require(by, KEEP, session.cohort)
    refuse(why_not_speaker(session, speaker), "not_a_partner")
    refuse_if(session.cancelled_at, f"“{session}” is cancelled. Choose another session.", "cancelled")
    talk, _ = SessionSpeaker.objects.update_or_create(
        session=session, speaker=speaker, defaults={"subject": subject.strip()}
    )
    return talk


@transaction.atomic
def cancel(*, talk: SessionSpeaker, by: Actor) -> None:
    """The speaker does not speak there after all."""
    require(by, KEEP, talk)
    talk.delete()
