"""The line manager's email once a month."""

from cohorts.models import ManagerDigest
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.models import Organisation
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, Told

DIGEST_LINK = "managers-digest"
#: So long the link in the last email stops it.
LINK_DAYS = 400
#: The placeholder: what it stands for, and a sample.
WORDS = {
    "people": (
        "how each of them is getting on, and what is asked of the line manager",
        "Amara Okafor: 12½ of 30 days done.",
    ),
}
MANAGER = Told("The line manager", "the page of their team", stops=True, called="Jo Maddern")
KINDS = Kinds("cohorts", WORDS, tuple(WORDS))
DIGEST = KINDS.add("manager_digest", "A line manager's people, once a month", MANAGER)


def new_link(digest: ManagerDigest, email: str) -> str:
    return address("cohorts:digest", issue_link(purpose=DIGEST_LINK, target=digest, email=email, days=LINK_DAYS))


def tell(digest: ManagerDigest, people: str, called: str, email: str, provider: Organisation | None) -> None:
    """Staff see it in their outbox where all these people are theirs."""
    to = digest.user
    send(
        Notice(
            DIGEST,
            to,
            digest,
            {"people": people, "link": address("cohorts:team")},
            lambda: {"stop_link": new_link(digest, email or to.email)},
            called=called,
            email=email,
            scopes=(),
            provider=provider,
            related=[to],
        )
    )
