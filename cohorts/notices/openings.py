"""What is said to employers who are asked for openings; and the links of the board: theirs, and the one that stops its emails."""

from datetime import timedelta

from cohorts.models import AlumniChoice, OpeningInvitation
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.models import TokenLink
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, Told

OPENINGS_LINK, STOP_LINK = "offer-openings", "stop-openings"
#: How many days an employer's link works; it can be sent anew. The link that stops emails works longer than any opening is open.
LINK_DAYS, STOP_DAYS = 60, 400
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "organisation": ("the employer", "Avon Care"),
    "provider": ("who runs the programme", "Bristol City Council"),
    "message": ("what those who run the programme say", "Your new centre will need a deputy for half a year."),
    "until": ("the last day on which the link works", "12 April 2020"),
}
EMPLOYER = Told(
    "Whoever offers something for an employer",
    "their own page for offering openings",
    lets_in=True,
    called="Nell Avery",
)
KINDS = Kinds("cohorts", WORDS, tuple(WORDS))
ASKED = KINDS.add("openings_asked", "An employer is asked for openings", EMPLOYER)


def new_link(invitation: OpeningInvitation) -> str:
    """Issue the employer's link anew; earlier ones stop working. Returns the address."""
    raw = issue_link(purpose=OPENINGS_LINK, target=invitation, email=invitation.email, days=LINK_DAYS)
    return address("cohorts:offer_openings", raw)


def new_stop_link(choice: AlumniChoice) -> str:
    """One more: those in earlier emails go on working, as people press the one that they find."""
    person = choice.enrolment.participant
    _, raw = TokenLink.issue(purpose=STOP_LINK, target=choice, email=person.email, days=STOP_DAYS)
    return address("cohorts:stop_openings", raw)


def ask(invitation: OpeningInvitation) -> None:
    context = {
        "provider": str(invitation.programme.provider),
        "message": invitation.message,
        "until": english.day_date(clock.today() + timedelta(days=LINK_DAYS)),
    }
    send(
        Notice(
            ASKED,
            invitation.email,
            invitation,
            context,
            lambda: {"link": new_link(invitation)},
            name=invitation.name,
        )
    )
