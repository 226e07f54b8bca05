"""What is said of mentors, and of people to shadow, at the own employer: to them by their link, to the participant, to the line manager."""

from typing import Any

from cohorts.models import InternalMentor
from cohorts.states.conversations import Side
from cohorts.states.internal import EndedBy, InternalStatus
from steppingup.accounts.actions.token_links import issue_link
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

INTERNAL_LINK = "internal-mentor"
LINK_DAYS = 365
COLLEAGUE = Told(
    "A colleague at the participant's employer, who has no account",
    "the page on which they answer, and end it",
    lets_in=True,
    called="Sam Marsh",
)
PARTICIPANT, MANAGER = (
    Told("The participant", "the page about it"),
    Told("The line manager", "the page about it", called="Jo Maddern"),
)
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "does": ("mentoring, shadowing or both", "mentoring"),
    "colleague": ("the name and job of the colleague", "Sam Marsh, Head of Care"),
    "asks": ("who has named the colleague", "Jo Maddern, her line manager,"),
    "said": ("what the colleague has said", "has agreed"),
    "why": ("why it is over, in a sentence", "Amara Okafor has ended it."),
    "became": ("that it has ended, or is not asked any more", "has ended"),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort", "participant", "does"))
ASKED = KINDS.add("internal_asked", "Somebody is asked to mentor a colleague, or to be shadowed", COLLEAGUE, "asks")
REMINDER = KINDS.add(
    "internal_reminder", "Somebody who was asked to mentor a colleague has not answered", COLLEAGUE, "asks"
)
NAMED = KINDS.add("internal_named", "A line manager has named an internal mentor", PARTICIPANT, "colleague", "asks")
ANSWERED = KINDS.add("internal_answered", "An internal mentor has agreed, or said no", PARTICIPANT, "colleague", "said")
ANSWERED_MANAGER = KINDS.add(
    "internal_answered_manager", "The line manager hears what an internal mentor has said", MANAGER, "colleague", "said"
)
ENDED = KINDS.add("internal_ended", "An internal mentoring or shadowing has ended", PARTICIPANT, "colleague", "why")
ENDED_MENTOR = KINDS.add(
    "internal_ended_mentor", "An internal mentor hears that it has ended", COLLEAGUE, "why", "became", link=False
)


def new_link(mentor: InternalMentor) -> str:
    """Issue the link anew; earlier ones stop working. Returns the address."""
    raw = issue_link(purpose=INTERNAL_LINK, target=mentor, email=mentor.email, days=LINK_DAYS)
    return address("cohorts:internal_answer", raw)


def _asks(mentor: InternalMentor) -> str:
    enrolment = mentor.enrolment
    if mentor.named_as == Side.MANAGER:
        return f"{enrolment.manager}, the line manager of {enrolment.participant},"
    return str(enrolment.participant)


def of_question(kind: MessageKind, mentor: InternalMentor) -> Notice:
    """To the colleague, with a new link."""
    enrolment = mentor.enrolment
    return Notice(
        kind,
        mentor.email,
        mentor,
        {"does": mentor.does, "asks": _asks(mentor)},
        lambda: {"link": new_link(mentor)},
        name=mentor.name,
        related=[enrolment.cohort, enrolment],
    )


def ask(mentor: InternalMentor) -> None:
    send(of_question(ASKED, mentor))


def _to_participant(kind: MessageKind, mentor: InternalMentor, **more: str) -> None:
    enrolment = mentor.enrolment
    to = enrolment.participant
    context = {
        "does": mentor.does,
        "colleague": str(mentor),
        "link": address("cohorts:internal", enrolment.pk),
        **more,
    }
    send(Notice(kind, to, mentor, context, related=[enrolment.cohort, enrolment, to]))


def _to_manager(kind: MessageKind, mentor: InternalMentor, **more: str) -> None:
    enrolment = mentor.enrolment
    to: Any = enrolment.line_manager
    if to is None:
        return
    context = {
        "does": mentor.does,
        "colleague": str(mentor),
        "link": address("cohorts:managed_internal", enrolment.pk),
        **more,
    }
    send(
        Notice(
            kind,
            to,
            mentor,
            context,
            called=enrolment.manager,
            email=enrolment.manager_email,
            related=[enrolment.cohort, enrolment, to],
        )
    )


def tell_named(mentor: InternalMentor) -> None:
    """The participant, of whom the line manager has named."""
    _to_participant(NAMED, mentor, asks=_asks(mentor))


def tell_answered(mentor: InternalMentor) -> None:
    """The participant and the line manager."""
    said = "has agreed" if mentor.status == InternalStatus.AGREED else "has said no"
    _to_participant(ANSWERED, mentor, said=said)
    _to_manager(ANSWERED_MANAGER, mentor, said=said)


def _why(mentor: InternalMentor, ended_by: EndedBy) -> str:
    participant = mentor.enrolment.participant
    ended = "ended it" if mentor.answered_at else "taken the question back"
    return {
        EndedBy.PARTICIPANT: f"{participant} has {ended}.",
        EndedBy.MANAGER: f"{mentor.enrolment.manager} has {ended}.",
        EndedBy.THEMSELVES: f"{mentor.name} has ended it.",
        EndedBy.STAFF: f"Those who run the programme have {ended}.",
        EndedBy.LEFT: f"{participant} is no longer on the programme.",
        EndedBy.MOVED: f"{participant} has another employer now.",
    }[ended_by]


def tell_ended(mentor: InternalMentor, ended_by: EndedBy) -> None:
    """Participant and colleague, but for whoever has ended it. Of somebody who has left only the colleague hears."""
    why = _why(mentor, ended_by)
    if ended_by not in (EndedBy.PARTICIPANT, EndedBy.LEFT):
        _to_participant(ENDED, mentor, why=why)
    if ended_by != EndedBy.THEMSELVES:
        enrolment = mentor.enrolment
        became = "has ended" if mentor.answered_at else "is not asked of you any more"
        context = {"does": mentor.does, "why": why, "became": became}
        send(
            Notice(ENDED_MENTOR, mentor.email, mentor, context, name=mentor.name, related=[enrolment.cohort, enrolment])
        )
