"""Asking graduates where they are, by a link: they need no account any more."""

from datetime import timedelta

from cohorts.models.destinations import Destination, after
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

DESTINATION_LINK = "destination"
#: How many days such a link works; each email brings a new one.
LINK_DAYS = 60
GRADUATE = Told("The graduate", "their own page with the question", lets_in=True)
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "moment": ("which moment it is about", "after 6 months"),
    "until": ("the last day on which the link works", "12 April 2020"),
}
KINDS = Kinds("cohorts", WORDS, tuple(WORDS))
ASKED = KINDS.add("destination_asked", "Graduates are asked where they are now", GRADUATE)
REMINDER = KINDS.add("destination_reminder", "Graduates are asked where they are now: reminder", GRADUATE)


def new_link(destination: Destination) -> str:
    """Issue the link anew; earlier ones stop working. Returns the address."""
    email = destination.enrolment.participant.email
    raw = issue_link(purpose=DESTINATION_LINK, target=destination, email=email, days=LINK_DAYS)
    return address("cohorts:destination", raw)


def of(kind: MessageKind, destination: Destination) -> Notice:
    enrolment = destination.enrolment
    context = {
        "moment": after(destination.months),
        "until": english.day_date(clock.today() + timedelta(days=LINK_DAYS)),
    }
    return Notice(
        kind,
        enrolment.participant,
        destination,
        context,
        lambda: {"link": new_link(destination)},
        related=[enrolment.cohort, enrolment, enrolment.participant],
    )


def ask(destination: Destination) -> None:
    send(of(ASKED, destination))
