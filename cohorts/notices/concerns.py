"""What is told about a concern. None of these emails belongs to a provider or stands in a list, so that nobody finds that there is one."""

from typing import Any

from cohorts.models import Concern
from steppingup.accounts.models import User
from steppingup.messaging.actions import send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind, add_message_kind
from steppingup.messaging.notices import Notice

WRITER, READER = "Whoever wrote in confidence", "Whoever it was written to"
BASICS = {"provider": "the provider's name", "reference": "the number of what was written"}
SAMPLES = {
    "provider": "Harbour Council",
    "reference": "7KQ29XMD",
    "contacts": "Jo Maddern and Sam Lee",
    "words": "We have spoken with the people concerned.",
}


def _kind(key: str, title: str, told: str, button: str | None = None, **more: str) -> MessageKind:
    secret = {name for name in more if name == "words"}
    return add_message_kind(
        MessageKind(
            f"cohorts.{key}",
            title,
            told,
            {**BASICS, **more},
            secret,
            button,
            samples=SAMPLES,
            in_confidence=True,
        )
    )


RECEIVED = _kind("concern_received", "Written in confidence: received", WRITER, contacts="who reads it")
LOOKED_AT = _kind("concern_looked_at", "Written in confidence: being looked at", WRITER, words="what they wish to say")
CLOSED = _kind("concern_closed", "Written in confidence: closed", WRITER, words="what they wish to say")
ARRIVED = _kind(
    "concern_arrived", "Somebody has written in confidence", READER, "link", link="the page on which to read it"
)


def tell_writer(kind: MessageKind, concern: Concern, **more: str) -> bool:
    """Says whether they could be told: whoever gave no address cannot."""
    if not concern.email:
        return False
    secret = {name: value for name, value in more.items() if name in kind.secret_placeholders}
    context = {name: value for name, value in more.items() if name not in secret}
    _send(kind, concern, concern.email, context, secret)
    return True


def tell_reader(concern: Concern, reader: User) -> None:
    link = address("admin:cohorts_concern_change", concern.pk)
    _send(ARRIVED, concern, reader, {"link": link}, {})


def _send(
    kind: MessageKind, concern: Concern, to: User | str, context: dict[str, Any], secrets: dict[str, str]
) -> None:
    values = {"provider": str(concern.provider), "reference": concern.reference, **context}
    send(Notice(kind, to, concern, values, secrets=secrets, scopes=()))
