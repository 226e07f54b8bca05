"""What is said of choosing assignments: to participants, and to the supervisors to whom somebody comes."""

from datetime import timedelta

from cohorts.models import Choosing, Enrolment, Placement, Supervisor
from cohorts.notices.supervising import LINK_DAYS, SUPERVISOR, new_link
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.formats.by_post import is_by_post
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

PARTICIPANT = Told("The participant", "the participant's page")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "part": ("what the programme calls such an assignment", "stretch assignment"),
    "choose_by": ("the last day on which they can say it", "12 March 2020"),
    "number": ("how many there are to choose from", "12 assignments"),
    "assignment": ("the title of the assignment", "A new front desk"),
    "host": ("the host", "Avon Museums"),
    "pattern": ("the days, as far as they are known", "every Tuesday, from 3 March 2020 until 30 June 2020"),
    "works_for": ("where the participant works, if anywhere", "Harbour Housing"),
    "until": ("the last day on which the link works", "12 April 2020"),
    "address": ("the participant's email address", "amara@example.org"),
    "reason": ("why the host cannot go on", "The museum has closed."),
    "days": ("how many days were done there", "9 days"),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort"))
CHOOSE = KINDS.add("placement_choose", "Participants choose assignments", PARTICIPANT, "part", "choose_by", "number")
AGREED = KINDS.add(
    "placement_agreed", "An assignment is found for a participant", PARTICIPANT, "assignment", "host", "pattern"
)
NOT_YET = KINDS.add("placement_not_yet", "No assignment is found for a participant yet", PARTICIPANT, "part")
LOST = KINDS.add("host_lost", "A host cannot go on", PARTICIPANT, "assignment", "host", "reason", "days")
COMES = KINDS.add(
    "placement_comes",
    "A participant comes to a host",
    SUPERVISOR,
    *("participant", "assignment", "pattern", "works_for", "address", "until"),
)


def ask(choosing: Choosing, enrolment: Enrolment, number: int) -> None:
    context = {
        "part": choosing.component.word,
        "choose_by": english.day_date(choosing.closes_on),
        "number": english.counted(number, "assignment"),
        "link": address("cohorts:choose_assignment", enrolment.pk, choosing.pk),
    }
    _send(CHOOSE, enrolment.participant, enrolment, context)


def _send(kind: MessageKind, to: User, enrolment: Enrolment, context: dict[str, str]) -> None:
    send(Notice(kind, to, enrolment, context, related=[enrolment.cohort, to]))


def when_of(placement: Placement) -> str:
    """“every Tuesday, from 3 March 2020 until 30 June 2020”."""
    starts = f"from {english.day_date(placement.starts_on)}" if placement.starts_on else ""
    ends = f"until {english.day_date(placement.ends_on)}" if placement.ends_on else ""
    days = " ".join(filter(None, (starts, ends)))
    return ", ".join(filter(None, (placement.pattern, days))) or "to be agreed between you"


def tell_agreed(placement: Placement) -> None:
    enrolment = placement.enrolment
    context = {
        "assignment": placement.title,
        "host": str(placement.host),
        "pattern": when_of(placement),
        "link": address("cohorts:assignment", enrolment.pk),
    }
    _send(AGREED, enrolment.participant, enrolment, context)


def tell_lost(placement: Placement) -> None:
    """The days that they did there stand: that is what they ask themselves first."""
    enrolment = placement.enrolment
    done = sum(day.days for day in placement.days.standing())
    context = {
        "assignment": placement.title,
        "host": str(placement.host),
        "reason": placement.lost_because,
        "days": english.days_counted(done),
        "link": address("cohorts:assignment", enrolment.pk),
    }
    _send(LOST, enrolment.participant, enrolment, context)


def tell_supervisor(supervisor: Supervisor) -> None:
    """No more of the participant than a supervisor needs: the name, where they work, and how to write to them; and their own page."""
    placement = supervisor.placement
    enrolment, by_post = placement.enrolment, is_by_post(placement.enrolment.participant.email)
    context = {
        "participant": str(enrolment.participant),
        "pattern": when_of(placement),
        "works_for": str(enrolment.employer) if enrolment.employer else "nobody else at present",
        "address": "please ask us" if by_post else enrolment.participant.email,
        "until": english.day_date(clock.today() + timedelta(days=LINK_DAYS)),
    }
    send(
        Notice(
            COMES,
            supervisor.email,
            supervisor,
            context,
            lambda: {"link": new_link(supervisor)},
            name=supervisor.name,
            related=[enrolment.cohort, placement],
        )
    )


def tell_not_yet(choosing: Choosing, enrolment: Enrolment) -> None:
    context = {"part": choosing.component.word, "link": address("cohorts:assignment", enrolment.pk)}
    _send(NOT_YET, enrolment.participant, enrolment, context)
