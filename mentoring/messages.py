"""What mentoring says to whom. The texts are in templates/email/mentoring/."""

from typing import Any

from cohorts.links import absolute
from cohorts.models import Enrolment
from mentoring.models import Mentor, MentoringWish, Pair
from steppingup.formats.english import listed
from steppingup.messaging.actions import MessagePreview, preview, send
from steppingup.messaging.kinds import MessageKind, register

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
    return register(
        MessageKind(
            f"mentoring.{key}",
            title,
            told,
            {**BASICS, **placeholders},
            button_placeholder="link",
            samples={key: text for key, text in SAMPLES.items() if key in {**BASICS, **placeholders}},
        )
    )


OWN_PAGE = {"link": "the participant's page"}
MENTEES = {"link": "the mentor's page with their mentees"}
PAIRED_PARTICIPANT = _kind(
    "paired_participant",
    "A mentor is found",
    PARTICIPANT,
    **ABOUT_MENTOR,
    mentor_email="how to reach the mentor",
    **OWN_PAGE,
)
PAIRED_MENTOR = _kind(
    "paired_mentor",
    "A mentee is found",
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
    "What the participant seeks in a mentor is not known yet",
    PARTICIPANT,
    link="the page to say it on",
)

Context = dict[str, Any]


def basics(enrolment: Enrolment) -> Context:
    return {"programme": enrolment.cohort.programme.name, "cohort": enrolment.cohort.name}


def work_of_mentor(mentor: Mentor) -> str:
    return f"{mentor.job_title}, {mentor.organisation}" if mentor.job_title else str(mentor.organisation)


def work_of_participant(enrolment: Enrolment) -> str:
    return f"{enrolment.job_title}, {enrolment.employer}" if enrolment.job_title else str(enrolment.employer)


def seeks(enrolment: Enrolment) -> str:
    """“Leading change and Networks”, or that they have not said."""
    wish = MentoringWish.objects.filter(enrolment=enrolment).first()
    names = [theme.name for theme in wish.themes.all()] if wish else []
    return listed(names) if names else "They have not said yet."


def _own_page(enrolment: Enrolment) -> str:
    return f"{absolute('cohorts:participant', enrolment.pk)}#mentoring"


def _for_participant(pair: Pair) -> Context:
    mentor = pair.mentor
    return {
        **basics(pair.enrolment),
        "mentor": str(mentor.user),
        "mentor_work": work_of_mentor(mentor),
        "link": _own_page(pair.enrolment),
    }


def _for_mentor(pair: Pair) -> Context:
    enrolment = pair.enrolment
    return {
        **basics(enrolment),
        "participant": str(enrolment.participant),
        "participant_work": work_of_participant(enrolment),
        "link": absolute("mentoring:mentees"),
    }


Letter = tuple[MessageKind, Any, Context]


def paired(pair: Pair) -> list[Letter]:
    """Both are told about each other."""
    to_participant = {**_for_participant(pair), "mentor_email": pair.mentor.user.email}
    to_mentor = {
        **_for_mentor(pair),
        "participant_email": pair.enrolment.participant.email,
        "seeks": seeks(pair.enrolment),
    }
    return [
        (PAIRED_PARTICIPANT, pair.enrolment.participant, to_participant),
        (PAIRED_MENTOR, pair.mentor.user, to_mentor),
    ]


def ended(pair: Pair, reason: str) -> list[Letter]:
    """Both are told that it has ended, and why."""
    to_participant = (ENDED_PARTICIPANT, pair.enrolment.participant, {**_for_participant(pair), "reason": reason})
    return [to_participant, *ended_for_mentor(pair, reason)]


def ended_for_mentor(pair: Pair, reason: str) -> list[Letter]:
    """Only the mentor is told."""
    return [(ENDED_MENTOR, pair.mentor.user, {**_for_mentor(pair), "reason": reason})]


def send_letters(pair: Pair, letters: list[Letter]) -> None:
    for kind, to, context in letters:
        send(
            kind=kind.key,
            to=to,
            about=pair,
            related=[pair.enrolment, to],
            scopes=pair.message_scopes,
            context=context,
            reply_to=pair.enrolment.cohort.programme.contact_email,
        )


def preview_letters(pair: Pair, letters: list[Letter]) -> list[MessagePreview]:
    return [preview(kind=kind.key, to=to, scopes=pair.message_scopes, context=context) for kind, to, context in letters]
