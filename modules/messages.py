"""What a participant is told about their qualification, and what they are reminded of."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from modules import telling
from modules.models import Registration
from modules.telling import PARTICIPANT
from steppingup.messaging.actions import Notice
from steppingup.messaging.kinds import MessageKind, register
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_rule
from steppingup.messaging.reminders import register as register_reminder

BASICS = {
    "qualification": "the name of the qualification",
    "programme": "the programme",
    "cohort": "the cohort",
    "credits": "what stands to be reached, such as “9 of 13 credits”",
    "due_on": "the day by which it must be finished",
    "link": "the participant's page about the qualification",
}
SAMPLES = {
    "qualification": "ILM Level 5 Certificate in Leadership and Management",
    "programme": "Stepping Up",
    "cohort": "2020",
    "credits": "9 of 13 credits",
    "due_on": "12 August 2020",
    "asks": "13 credits, from 3 to 5 courses, and an assignment of 9 to 10 pages",
    "missing": "Choose 4 more credits; you may take 2 more courses.",
    "course": "Leading innovation and change",
    "course_credits": "5 credits",
    "result": "passed",
    "what": "chosen",
    "version": "1",
    "pages": "9 pages",
    "feedback": "A clear account of what you changed, and of what it cost you.",
    "reason": "You were ill in May.",
    "due_before": "12 August 2020",
}


def _kind(key: str, title: str, **more: str) -> MessageKind:
    kind = MessageKind(
        f"modules.{key}", title, PARTICIPANT, {**BASICS, **more}, button_placeholder="link", samples=SAMPLES
    )
    return register(kind)


MISSING = "what is still to be done, in a sentence"
REGISTERED = _kind("registered", "Registered for a qualification", asks="what the qualification asks for")
COURSE_CHANGED = _kind(
    "course_changed",
    "A course was chosen or dropped for the participant",
    course="the course",
    what="“chosen” or “dropped”",
    missing=MISSING,
)
RESULT = _kind(
    "result",
    "The result of a course",
    course="the course",
    course_credits="its credits",
    result="“passed”, “not passed yet”, or that a result was taken back",
    missing=MISSING,
)
ASSIGNMENT_RECEIVED = _kind(
    "assignment_received", "The assignment has arrived", version="which version it is", pages="how many pages it has"
)
ASSIGNMENT_MARKED = _kind(
    "assignment_marked",
    "The assignment is marked",
    version="which version it is",
    result="“passed” or “to be revised”",
    feedback="what the assessor wrote",
)
ACHIEVED = _kind("achieved", "The qualification is achieved")
REOPENED = _kind("reopened", "The achievement was recorded by mistake", reason="why")
EXTENDED = _kind("extended", "More time for the qualification", due_before="the former due date", reason="why")
WITHDRAWN = _kind("withdrawn", "The registration is withdrawn", reason="why")
RESUMED = _kind("resumed", "The registration is taken up again", missing=MISSING)
DUE_SOON = _kind("due_soon", "The qualification is due soon", missing=MISSING)


def due_soon(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Participants who have not finished, and whose due date lies between the two days (B46)."""
    rows = Registration.objects.under_way().filter(due_on__range=(start, end)).with_everything()
    for registration in rows:
        person = registration.enrolment.participant
        words, related = partial(telling.due_date_words, registration), [registration.enrolment, person]
        yield ReminderItem(registration.due_on, Notice(DUE_SOON, person, registration, words, related=related))


DUE_SOON_REMINDER = register_reminder(
    ReminderKind(
        "modules.due_soon",
        "A qualification is due and not finished",
        "the qualification is due",
        DUE_SOON.key,
        due_soon,
    )
)


def make_default_rules(**_: object) -> None:
    """After each migration: one rule that holds everywhere, where there is none yet. A changed one stays changed."""
    if not ReminderRule.objects.filter(kind=DUE_SOON_REMINDER.key).exists():
        add_rule(kind=DUE_SOON_REMINDER.key, days=30, when="before", until=0)
