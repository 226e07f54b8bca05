"""What is said to an employer that is asked how its pledge stands: they need no account."""

from datetime import timedelta

from representation.models import PledgeQuestion
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.actions import send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, Told
from steppingup.messaging.notices import Notice

PLEDGE_LINK = "employer-pledge"
#: How many days such a link works.
LINK_DAYS = 60
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "provider": ("who asks", "Leicester City Council"),
    "employer": ("whose pledge it is", "Avon Care"),
    "pledge": ("the pledge, in one line", "A mixed panel for every post of a head of service"),
    "due": ("by when", "31 March 2031"),
    "until": ("the last day on which the link works", "12 April 2031"),
}

EMPLOYER = Told(
    "Whoever speaks for an employer", "the page on which they say how it stands", lets_in=True, called="Nell Avery"
)
KINDS = Kinds("representation", WORDS, tuple(WORDS))
ASKED = KINDS.add("pledge_asked", "An employer is asked how its pledge stands", EMPLOYER)


def ask(question: PledgeQuestion) -> None:
    """With a link of their own; nothing of what they answer is public by itself."""
    until = english.day_date(clock.today() + timedelta(days=LINK_DAYS))

    def link() -> dict[str, str]:
        raw = issue_link(purpose=PLEDGE_LINK, target=question, email=question.email, days=LINK_DAYS)
        return {"link": address("representation:pledge", raw)}

    commitment = question.commitment
    notice = Notice(
        ASKED, question.email, commitment, {"until": until}, link, name=question.name, provider=commitment.provider
    )
    send(notice)
