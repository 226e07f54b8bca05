"""Asking people who stood near the line how their work has gone on, by a link: they need no account any more."""

from datetime import timedelta

from applications.models import LineAnswer
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

LINE_LINK = "line_answer"
#: How many days such a link works; each email brings a new one.
LINK_DAYS = 60
WHO = Told("Whoever agreed to it when they applied", "their own page with the question", lets_in=True)
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "provider": ("who asks", "Bristol City Council"),
    "until": ("the last day on which the link works", "12 April 2020"),
}
KINDS = Kinds("applications", WORDS, tuple(WORDS))
ASKED = KINDS.add("line_asked", "People near the line are asked how their work has gone on", WHO)
REMINDER = KINDS.add("line_reminder", "People near the line are asked how their work has gone on: reminder", WHO)


def new_link(answer: LineAnswer) -> str:
    """Issue the link anew; earlier ones stop working. Returns the address."""
    raw = issue_link(purpose=LINE_LINK, target=answer, email=answer.consent.person.email, days=LINK_DAYS)
    return address("applications:line_answer", raw)


def of(kind: MessageKind, answer: LineAnswer) -> Notice:
    """It says neither on which side of the line they stood nor whether they got a place: the mail may be passed on."""
    until = english.day_date(clock.today() + timedelta(days=LINK_DAYS))
    return Notice(kind, answer.consent.person, answer, {"until": until}, lambda: {"link": new_link(answer)})


def ask(answer: LineAnswer) -> None:
    send(of(ASKED, answer))
