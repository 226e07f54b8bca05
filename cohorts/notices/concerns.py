"""What is told about a concern. None of these emails belongs to a provider or stands in a list, so that nobody finds that there is one."""

from typing import Any

from cohorts.models import Concern
from steppingup.accounts.models import User
from steppingup.messaging.actions import send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told
from steppingup.messaging.notices import Notice

WRITER = Told("Whoever wrote in confidence")
READER = Told("Whoever it was written to", "the page on which to read it", called="Sam Lee")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "provider": ("the provider's name", "Harbour Council"),
    "reference": ("the number of what was written", "7KQ29XMD"),
    "contacts": ("who reads it", "Jo Maddern and Sam Lee"),
    "words": ("what they wish to say", "We have spoken with the people concerned."),
}
KINDS = Kinds("cohorts", WORDS, ("provider", "reference"), in_confidence=True)
SAID = ("words",)
RECEIVED = KINDS.add("concern_received", "Written in confidence: received", WRITER, "contacts")
LOOKED_AT = KINDS.add("concern_looked_at", "Written in confidence: being looked at", WRITER, *SAID, secret=SAID)
CLOSED = KINDS.add("concern_closed", "Written in confidence: closed", WRITER, *SAID, secret=SAID)
ARRIVED = KINDS.add("concern_arrived", "Somebody has written in confidence", READER)


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
