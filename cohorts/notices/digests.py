"""The line manager's email once a month."""

from cohorts.models import ManagerDigest
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.models import Organisation
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind, add_message_kind

DIGEST_LINK = "managers-digest"
#: So long the link in the last email stops it.
LINK_DAYS = 400
DIGEST = add_message_kind(
    MessageKind(
        "cohorts.manager_digest",
        "A line manager's people, once a month",
        "The line manager",
        {
            "people": "how each of them is getting on, and what is asked of the line manager",
            "link": "the page of their team",
            "stop_link": "the page on which they stop these emails, without an account",
        },
        {"stop_link"},
        "link",
        {"people": "Amara Okafor: 12½ of 30 days done."},
    )
)


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
