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
from steppingup.messaging.kinds import Kinds, MessageKind, Told
from steppingup.messaging.notices import Notice

PARTICIPANT = Told("The participant", "the participant's page")
MENTOR = Told("The mentor", "the mentor's page with their mentees", called="Helen Osei")
TO_TELL = Told("The participant", "the page to tell us on")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "mentor": ("the mentor's name", "Helen Osei"),
    "mentor_work": ("what the mentor does, and where", "Director of Care, Severn Housing"),
    "mentor_email": ("how to reach the mentor", "helen.osei@severn.example"),
    "participant": ("the participant's name", "Amara Okafor"),
    "participant_work": ("what they do, and where", "Team leader, Harbour Housing"),
    "participant_email": ("how to reach the participant", "amara@example.org"),
    "seeks": ("what the participant would like to talk about", "Leading change and Building networks"),
    "reason": (
        "why, as the coordinator wrote it",
        "Helen Osei is moving to another part of the country, and we are sorry to lose her.",
    ),
    "session": ("day and length of the session", "4 February 2020, 1 hour 30 minutes"),
    "by": ("who removed it", "Bristol City Council"),
}
KINDS = Kinds("mentoring", WORDS, ("programme", "cohort"))
ABOUT_MENTOR, ABOUT_PARTICIPANT = ("mentor", "mentor_work"), ("participant", "participant_work")
SESSION = ("session", "by")
PAIRED_PARTICIPANT = KINDS.add(
    "paired_participant", "A mentor has been found", PARTICIPANT, *ABOUT_MENTOR, "mentor_email"
)
PAIRED_MENTOR = KINDS.add(
    "paired_mentor", "A mentee has been found", MENTOR, *ABOUT_PARTICIPANT, "participant_email", "seeks"
)
ENDED_PARTICIPANT = KINDS.add("ended_participant", "Mentoring has ended", PARTICIPANT, *ABOUT_MENTOR, "reason")
ENDED_MENTOR = KINDS.add(
    "ended_mentor",
    "Mentoring has ended",
    MENTOR,
    *(*ABOUT_PARTICIPANT, "reason"),
    samples={"reason": "Amara Okafor is no longer on the programme."},
)
WISH_REMINDER = KINDS.add("wish_reminder", "The participant has not said what they would like from a mentor", TO_TELL)
REMOVED_PARTICIPANT = KINDS.add(
    "session_removed_participant",
    "A session was removed",
    PARTICIPANT,
    *(*ABOUT_MENTOR, *SESSION),
)
REMOVED_MENTOR = KINDS.add(
    "session_removed_mentor",
    "A session was removed",
    MENTOR,
    *(*ABOUT_PARTICIPANT, *SESSION),
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
