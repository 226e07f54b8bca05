"""What is said of coaching: to the participant, and to the line manager where it goes beyond the plan."""

from typing import Any

from cohorts.models import CoachingRequest
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english, sameness
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

COACHING_LINK = "coaching-support"
PARTICIPANT = Told("The participant", "the page of their coaching")
ASKED_MANAGER = Told("The line manager", "the page on which they answer", lets_in=True, called="Jo Maddern")
MANAGER, COACH = (
    Told("The line manager", "the page about them", called="Jo Maddern"),
    Told("The coach, who has no account", called="Ira Quay"),
)
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "theme": ("what the coaching is about", "Leading people"),
    "days": ("how many days it goes beyond the plan", "2 days"),
    "cost": ("what it costs", "£300.00"),
    "message": ("what staff say to the employer", "She would like to chair the new board."),
    "employer": ("who has answered for the employer", "Jo Maddern"),
    "said": ("what the employer has said, if anything", "They write: We have no cover in March."),
    "coach": ("who coaches", "Avon Coaching"),
    "contact": ("how the coach is reached, in a sentence", "This is how you reach them: Ira Quay, ira@avon.example."),
    "dates": ("when", "Tuesdays in March, 2 pm"),
    "sessions": ("how many sessions were asked for", "3 sessions"),
    "reach": ("how the participant is reached", "amara@example.org, 0117 496 0123"),
    "why": ("why, in staff's words or in a sentence of ours", "The coach has stopped."),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort", "participant", "theme"))
#: It says nothing of what the coaching is about.
WITHOUT_THEME = Kinds("cohorts", WORDS, ("programme", "cohort", "participant"))
ASKED = KINDS.add(
    "coaching_employer_asked",
    "An employer is asked to support coaching",
    ASKED_MANAGER,
    *("days", "cost", "message"),
)
REMINDER = KINDS.add(
    "coaching_employer_reminder",
    "An employer has not said whether they support coaching",
    ASKED_MANAGER,
    *("days", "cost"),
)
SUPPORTED = KINDS.add(
    "coaching_supported",
    "The employer supports coaching",
    PARTICIPANT,
    "employer",
    "said",
    samples={"said": "They write: It comes at a good time for the whole team."},
)
NOT_SUPPORTED = KINDS.add(
    "coaching_not_supported", "The employer does not support coaching", PARTICIPANT, "employer", "said"
)
ARRANGED = KINDS.add("coaching_arranged", "Coaching is arranged", PARTICIPANT, "coach", "contact", "dates")
ARRANGED_COACH = KINDS.add(
    "coaching_for_coach", "A coach hears whom they coach, and on what", COACH, "dates", "sessions", "reach"
)
ARRANGED_MANAGER = WITHOUT_THEME.add(
    "coaching_arranged_manager", "A line manager hears when somebody has coaching", MANAGER, "dates"
)
ENDED_COACH = KINDS.add("coaching_over_for_coach", "A coach hears that coaching is over", COACH, "dates")
DECLINED = KINDS.add(
    "coaching_declined",
    "Coaching is declined",
    PARTICIPANT,
    "why",
    samples={"why": "No coach is free before the summer."},
)
ANEW = KINDS.add("coaching_anew", "Coaching is looked for anew", PARTICIPANT, "why")
ENDED = KINDS.add("coaching_ended", "Coaching has ended", PARTICIPANT, "why")


def new_link(coaching: CoachingRequest) -> str:
    """Issue the employer's link anew; earlier ones stop working. Returns the address."""
    email, days = coaching.enrolment.manager_address, coaching.enrolment.cohort.programme.coaching_answer_days
    return address(
        "cohorts:coaching_support", issue_link(purpose=COACHING_LINK, target=coaching, email=email, days=days)
    )


def ask_employer(coaching: CoachingRequest, *, kind: MessageKind = ASKED, **more: str) -> None:
    enrolment = coaching.enrolment
    to: Any = enrolment.line_manager
    send(
        Notice(
            kind,
            to,
            coaching,
            {"days": coaching.days_in_words, "cost": coaching.cost_in_words, **more},
            lambda: {"link": new_link(coaching)},
            called=enrolment.manager,
            email=enrolment.manager_email,
            related=[enrolment.cohort, enrolment, to],
        )
    )


def tell(kind: MessageKind, coaching: CoachingRequest, **context: str) -> None:
    """The participant."""
    enrolment = coaching.enrolment
    link = address("cohorts:coaching", enrolment.pk)
    to = enrolment.participant
    send(Notice(kind, to, coaching, {"link": link, **context}, related=[enrolment.cohort, enrolment, to]))


def tell_answered(coaching: CoachingRequest, *, is_supported: bool) -> None:
    kind = SUPPORTED if is_supported else NOT_SUPPORTED
    said = f"They write: {coaching.employer_words}" if coaching.employer_words else ""
    tell(kind, coaching, employer=coaching.employer_name, said=said)


def tells_manager(coaching: CoachingRequest) -> bool:
    """Is there a line manager who hears that it is arranged: as the participant wished, or as they were asked for their support?"""
    enrolment = coaching.enrolment
    if enrolment.line_manager_id is None:
        return False
    was_asked = sameness.address(coaching.employer_asked_to) == sameness.address(enrolment.manager_address)
    return coaching.tells_manager or (coaching.employer_asked_at is not None and was_asked)


def _to_coach(kind: MessageKind, coaching: CoachingRequest, **context: str) -> None:
    """Nothing happens where the register has no address."""
    coach: Any = coaching.coach
    if coach.email:
        enrolment = coaching.enrolment
        name, about = coach.contact_name or coach.name, [enrolment.cohort, enrolment]
        context["dates"] = coaching.dates
        send(Notice(kind, coach.email, coaching, context, name=name, related=about))


def tell_coach_ended(coaching: CoachingRequest) -> None:
    """As it was arranged: they read for when."""
    _to_coach(ENDED_COACH, coaching)


def _tell_coach(coaching: CoachingRequest) -> None:
    person = coaching.enrolment.participant
    reach = ", ".join(filter(None, (person.email, person.phone)))
    _to_coach(ARRANGED_COACH, coaching, reach=reach, sessions=english.counted(coaching.sessions, "session"))


def _tell_manager(coaching: CoachingRequest) -> None:
    """When it is, and nothing of what it is about."""
    enrolment = coaching.enrolment
    to: Any = enrolment.line_manager
    context = {"link": address("cohorts:managed", enrolment.pk), "dates": coaching.dates}
    about = [enrolment.cohort, enrolment, to]
    called, email = enrolment.manager, enrolment.manager_email
    send(Notice(ARRANGED_MANAGER, to, coaching, context, called=called, email=email, related=about))


def tell_arranged(coaching: CoachingRequest) -> None:
    """The participant; the coach; the line manager where that was wished, or they were asked."""
    _tell_coach(coaching)
    if tells_manager(coaching):
        _tell_manager(coaching)
    coach: Any = coaching.coach
    contact = ", ".join(one for one in (coach.contact_name, coach.email, coach.phone) if one)
    contact = f"This is how you reach them: {contact}." if contact else ""
    tell(ARRANGED, coaching, coach=str(coach), contact=contact, dates=coaching.dates)
