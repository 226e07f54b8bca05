"""What participants took away from a talk: written, shown to the speaker if they like, and removed (L7)."""

from django.db import transaction
from django.db.models import Q

from cohorts.models import Attendance, Enrolment, JointInvitation, Session
from cohorts.states import HOLDS_A_PLACE, Mark
from modules import talk_notices as notices
from modules.models import SessionSpeaker, TalkFeedback
from modules.states import Comes
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.history.lifecycle import refuse_if, required
from steppingup.retention.erasing import erase

NO_WORDS = "Write what you took away from it."


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    if by != enrolment.participant:
        raise NotAllowed(f"{by} does not say what {enrolment.participant} took away from a talk.")


def heard_at(enrolment: Enrolment, talk: SessionSpeaker) -> Session | None:
    """The session at which they may have heard it: one that they are due at, and that is the talk’s own or follows it on a joint day."""
    due = Session.objects.for_enrolment(enrolment).for_steps()
    follows = JointInvitation.objects.accepted().filter(host_session=talk.session_id).values("session")
    return due.filter(Q(pk=talk.session_id) | Q(pk__in=follows)).order_by("starts_at").first()


def _is_over(session: Session) -> bool:
    return session.cancelled_at is None and session.ends_at <= clock.now()


def _was_away(session: Session, enrolment: Enrolment) -> bool:
    """Does the register say so?"""
    marks = Attendance.objects.filter(session=session, enrolment=enrolment)
    return marks.filter(mark__in=(Mark.ABSENT, Mark.EXCUSED)).exists()


def is_open(session: Session, enrolment: Enrolment) -> bool:
    """Can they write about who spoke there? It took place, they hold a place on the programme or have completed it, and no register says
    that they were not there."""
    return enrolment.status in HOLDS_A_PLACE and _is_over(session) and not _was_away(session, enrolment)


@transaction.atomic
def say_about_talk(
    *, enrolment: Enrolment, talk: SessionSpeaker, words: str, by: Actor, to_speaker: bool = False
) -> TalkFeedback:
    """The participant writes what they took away from a talk, or writes it differently. Those who run the cohort read it, and the speaker
    if the participant likes: an email tells them of the first words, and all of them stand on their page.

    Raises NotAllowed for everybody else; NotPossible before the session is over, for whoever was not due there, was not there or has left,
    and of a speaker who could not come."""
    _require_own(by, enrolment)
    words = required(words, NO_WORDS, "words")
    # One at a time: the speaker is told once.
    held = SessionSpeaker.objects.select_for_update(of=("self",)).for_steps().get(pk=talk.pk)
    session = heard_at(enrolment, held)
    refuse_if(session is None, "You were not due at this session.", "not_due")
    assert session is not None
    refuse_if(enrolment.status not in HOLDS_A_PLACE, "You are not on the programme any more.", "no_place")
    refuse_if(not _is_over(session), "You can write about it once the session is over.", "not_begun")
    refuse_if(_was_away(session, enrolment), "The register says that you were not there.", "not_there")
    refuse_if(held.comes == Comes.NO, f"{held.speaker.name} could not come.", "did_not_speak")
    said = {"words": words, "to_speaker": to_speaker, "said_at": clock.now()}
    found, _ = TalkFeedback.objects.update_or_create(talk=held, enrolment=enrolment, defaults=said)
    if to_speaker and held.speaker.email and held.told_of_words_at is None:
        held.told_of_words_at = clock.now()
        held.save(update_fields=["told_of_words_at"])
        notices.tell_of_words(held)
    return found


@transaction.atomic
def remove_words(*, feedback: TalkFeedback, by: Actor) -> TalkFeedback:
    """The participant takes back what they wrote, at any time, also after they have left. It goes from the speaker’s page at once, and
    from the history."""
    _require_own(by, feedback.enrolment)
    erase(TalkFeedback.objects.filter(pk=feedback.pk))
    return feedback
