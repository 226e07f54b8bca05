"""What participants take from a talk: written, shown to the speaker if they like, and removed (L7)."""

from django.db import transaction

from cohorts.models import Enrolment, Session
from cohorts.states import HOLDS_A_PLACE
from modules import talk_notices as notices
from modules.models import SessionSpeaker, TalkFeedback
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.history.lifecycle import refuse_if, required

NO_WORDS = "Write what you take from it."


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    if by != enrolment.participant:
        raise NotAllowed(f"{by} does not say what {enrolment.participant} takes from a talk.")


def is_open(session: Session, enrolment: Enrolment) -> bool:
    """Can they write about who spoke there? It took place, and they hold a place on the programme, or have completed it."""
    return enrolment.status in HOLDS_A_PLACE and session.cancelled_at is None and session.ends_at <= clock.now()


@transaction.atomic
def say_about_talk(
    *, enrolment: Enrolment, talk: SessionSpeaker, words: str, by: Actor, to_speaker: bool = False
) -> TalkFeedback:
    """The participant writes what they take from a talk, or writes it differently. Those who run the cohort read it, and the speaker if the
    participant likes: an email tells them of the first words, and all of them stand on their page.

    Raises NotAllowed for everybody else; NotPossible before the session is over, and for whoever has left."""
    _require_own(by, enrolment)
    words = required(words, NO_WORDS, "words")
    # One at a time: the speaker is told once.
    held = SessionSpeaker.objects.select_for_update(of=("self",)).for_steps().get(pk=talk.pk)
    refuse_if(not is_open(held.session, enrolment), "You can write about it once the session is over.", "not_begun")
    said = {"words": words, "to_speaker": to_speaker, "said_at": clock.now()}
    found, _ = TalkFeedback.objects.update_or_create(talk=held, enrolment=enrolment, defaults=said)
    if to_speaker and held.speaker.email and held.told_of_words_at is None:
        held.told_of_words_at = clock.now()
        held.save(update_fields=["told_of_words_at"])
        notices.tell_of_words(held)
    return found


@transaction.atomic
def remove_words(*, feedback: TalkFeedback, by: Actor) -> TalkFeedback:
    """The participant takes back what they wrote. It goes from the speaker’s page at once."""
    _require_own(by, feedback.enrolment)
    TalkFeedback.objects.filter(pk=feedback.pk).delete()
    return feedback
