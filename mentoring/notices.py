"""What mentoring tells whom. The texts are in templates/email/mentoring/."""

from collections.abc import Sequence

from cohorts.extensions import Addressed
from cohorts.models import Enrolment
from mentoring.models import MentoringSession, MentoringWish, Pair
from mentoring.models.pair import PairQuerySet
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import User
from steppingup.formats.english import listed
from steppingup.messaging.actions import send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind, add_message_kind
from steppingup.messaging.notices import Notice

PARTICIPANT, MENTOR = "The participant", "The mentor"
BASICS = {"programme": "the programme's name", "cohort": "the cohort's name"}
ABOUT_MENTOR = {"mentor": "the mentor's name", "mentor_work": "what the mentor does, and where"}
ABOUT_PARTICIPANT = {"participant": "the participant's name", "participant_work": "what they do, and where"}
REASON = {"reason": "why, as the coordinator wrote it"}
SAMPLES = {
    "programme": "Stepping Up",
    "cohort": "2020",
    "mentor": "Helen Osei",
    "mentor_work": "Director of Care, Severn Housing",
    "participant": "Amara Okafor",
    "participant_work": "Team leader, Avon Hospital",
    "seeks": "Leading change and Building networks",
}


def _kind(key: str, title: str, told: str, **placeholders: str) -> MessageKind:
    return add_message_kind(
        MessageKind(
            f"mentoring.{key}",
            title,
            told,
            {**BASICS, **placeholders},
            button_placeholder="link",
            samples=SAMPLES,
        )
    )


OWN_PAGE = {"link": "the participant's page"}
MENTEES = {"link": "the mentor's page with their mentees"}
PAIRED_PARTICIPANT = _kind(
    "paired_participant",
    "A mentor has been found",
    PARTICIPANT,
    **ABOUT_MENTOR,
    mentor_email="how to reach the mentor",
    **OWN_PAGE,
)
PAIRED_MENTOR = _kind(
    "paired_mentor",
    "A mentee has been found",
    MENTOR,
    **ABOUT_PARTICIPANT,
    participant_email="how to reach the participant",
    seeks="what the participant would like to talk about",
    **MENTEES,
)
ENDED_PARTICIPANT = _kind("ended_participant", "Mentoring has ended", PARTICIPANT, **ABOUT_MENTOR, **REASON, **OWN_PAGE)
ENDED_MENTOR = _kind("ended_mentor", "Mentoring has ended", MENTOR, **ABOUT_PARTICIPANT, **REASON, **MENTEES)
WISH_REMINDER = _kind(
    "wish_reminder",
    "The participant has not said what they would like from a mentor",
    PARTICIPANT,
    link="the page to tell us on",
)


SESSION = {"session": "day and length of the session", "by": "who removed it"}
REMOVED_PARTICIPANT = _kind(
    "session_removed_participant", "A session was removed", PARTICIPANT, **ABOUT_MENTOR, **SESSION, **OWN_PAGE
)
REMOVED_MENTOR = _kind(
    "session_removed_mentor", "A session was removed", MENTOR, **ABOUT_PARTICIPANT, **SESSION, **MENTEES
)


def seeks(enrolment: Enrolment) -> str:
    """“Leading change and Networks”, or that they have not said."""
    wish = MentoringWish.objects.filter(enrolment=enrolment).first()
    names = [theme.name for theme in wish.themes.all()] if wish else []
    return listed(names) if names else "They have not said yet."


def own_page(enrolment: Enrolment) -> str:
    return address("mentoring:mentor", enrolment.pk)


def tell_participant(kind: MessageKind, pair: Pair, **more: str) -> None:
    person = pair.enrolment.participant
    send(Notice(kind, person, pair, {"link": own_page(pair.enrolment), **more}, related=[pair.enrolment, person]))


def tell_mentor(kind: MessageKind, pair: Pair, **more: str) -> None:
    mentor, context = pair.mentor, {"link": address("mentoring:mentees"), **more}
    about = [pair.enrolment, mentor.user]
    send(Notice(kind, mentor.user, pair, context, called=mentor.called, email=mentor.email_here, related=about))


def mentors_to_write_to(places: Sequence[Enrolment]) -> list[Addressed]:
    """The mentors of these participants, for whoever writes to them: of confirmed pairs."""
    return _addressed(Pair.objects.confirmed(), places)


def mentors_to_the_end(places: Sequence[Enrolment]) -> list[Addressed]:
    """Those whose mentoring of these participants has come to its end as planned."""
    return _addressed(Pair.objects.came_to_their_end(), places)


def _addressed(pairs: PairQuerySet, places: Sequence[Enrolment]) -> list[Addressed]:
    found, link = {place.pk: place for place in places}, address("mentoring:mentees")
    return [
        Addressed(found[pair.enrolment_id], pair.mentor.user, pair.mentor.called, pair.mentor.email_here, link)
        for pair in pairs.filter(enrolment__in=found).select_related("mentor__user").order_by("pk")
    ]


def tell_of_removed_session(session: MentoringSession, what: str, by: Actor) -> None:
    """The other of the two; both, where staff removed it."""
    pair = session.pair
    who = str(by) if isinstance(by, User) and pair.is_of(by) else str(pair.enrolment.cohort.programme.provider)
    if by != pair.enrolment.participant:
        tell_participant(REMOVED_PARTICIPANT, pair, session=what, by=who)
    if by != pair.mentor.user:
        tell_mentor(REMOVED_MENTOR, pair, session=what, by=who)
