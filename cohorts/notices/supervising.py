"""What is said to whoever looks after a participant at a host, by links, and to participants about what was said of their days."""

from datetime import timedelta

from cohorts.models import PlacementDay, Supervisor
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

HOST_LINK = "host-assignment"
#: How many days such a link works; each email about days brings a new one.
LINK_DAYS = 60
SUPERVISOR = Told(
    "The supervisor at the host", "their own page about the assignment", lets_in=True, called="Delia Marsh"
)
PARTICIPANT = Told("The participant", "the participant's page of the assignment")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "assignment": ("the title of the assignment", "A new front desk"),
    "until": ("the last day on which the link works", "12 April 2020"),
    "days": ("the days that wait", "1 day on Tuesday 4 February 2020"),
    "day": ("which day", "1 day on Tuesday 4 February 2020"),
    "said_by": ("who says it", "Delia Marsh"),
    "reason": ("what is not right", "We were closed on that day."),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort", "participant", "assignment"))
NAMED = KINDS.add("supervisor_named", "A supervisor gets the page of an assignment", SUPERVISOR, "until")
DAYS = KINDS.add("supervisor_days", "Days wait for a supervisor", SUPERVISOR, "days", "until")
NOT_RIGHT = KINDS.add(
    "day_not_right", "A supervisor says that a day is not right", PARTICIPANT, "day", "said_by", "reason"
)


def new_link(supervisor: Supervisor) -> str:
    """Issue the link anew; earlier ones stop working. Returns the address."""
    raw = issue_link(purpose=HOST_LINK, target=supervisor, email=supervisor.email, days=LINK_DAYS)
    return address("cohorts:hosting", raw)


def _tell(kind: MessageKind, supervisor: Supervisor, **more: str) -> None:
    context = {"until": english.day_date(clock.today() + timedelta(days=LINK_DAYS)), **more}
    enrolment = supervisor.placement.enrolment
    send(
        Notice(
            kind,
            supervisor.email,
            supervisor,
            {"participant": str(enrolment.participant), **context},
            lambda: {"link": new_link(supervisor)},
            name=supervisor.name,
            related=[enrolment.cohort, supervisor.placement],
        )
    )


def tell_named(supervisor: Supervisor) -> None:
    _tell(NAMED, supervisor)


def tell_of_days(supervisor: Supervisor, days: list[PlacementDay]) -> None:
    _tell(DAYS, supervisor, days=english.listed(day.in_words for day in days))


def tell_not_right(day: PlacementDay, said_by: str) -> None:
    enrolment = day.placement.enrolment
    context = {
        "participant": str(enrolment.participant),
        "day": day.in_words,
        "said_by": said_by,
        "reason": day.objection,
        "link": address("cohorts:one_assignment", enrolment.pk, day.placement_id),
    }
    to = enrolment.participant
    send(Notice(NOT_RIGHT, to, day.placement, context, related=[enrolment, to]))
