"""What is said of reports on an assignment: to the participant, and to the supervisor at the host by their link."""

from datetime import timedelta

from cohorts.models import PlacementReport, Supervisor
from cohorts.notices.supervising import LINK_DAYS, SUPERVISOR, new_link
from cohorts.states.reports import Side
from steppingup import clock
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, Told

PARTICIPANT = Told("The participant", "the page of the report")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "assignment": ("the title of the assignment", "A new front desk"),
    "host": ("the host", "Avon Museums"),
    "asked": ("what they are asked", "how it goes half-way"),
    "until": ("the last day on which the link works", "12 April 2020"),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort", "assignment", "host", "asked"))
OWN = KINDS.add("report_asked", "A participant is asked how an assignment goes", PARTICIPANT)
HOSTS = KINDS.add(
    "report_asked_host", "A supervisor is asked how an assignment goes", SUPERVISOR, "participant", "until"
)


def _asked(report: PlacementReport) -> str:
    return "how it went, and what came of it" if report.is_end else "how it goes half-way"


def ask(report: PlacementReport, supervisor: Supervisor | None) -> bool:
    """Says whether there was somebody to ask."""
    enrolment = report.placement.enrolment
    if report.side == Side.PARTICIPANT:
        link = address("cohorts:report", enrolment.pk, report.pk)
        to = enrolment.participant
        context = {"asked": _asked(report), "link": link}
        send(Notice(OWN, to, report, context, related=[enrolment.cohort, enrolment, to]))
        return True
    if supervisor is None:
        return False
    until = english.day_date(clock.today() + timedelta(days=LINK_DAYS))
    context = {"asked": _asked(report), "participant": str(enrolment.participant), "until": until}
    send(
        Notice(
            HOSTS,
            supervisor.email,
            report,
            context,
            lambda: {"link": new_link(supervisor)},
            name=supervisor.name,
            related=[enrolment.cohort, report.placement],
        )
    )
    return True
