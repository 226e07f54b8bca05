"""What is told about a complaint about data."""

from cohorts.models import DataComplaint
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

WRITER = Told("Whoever complains", "the page about privacy")
WORDS = {
    "provider": ("the provider's name", "Harbour Council"),
    "reference": ("the complaint's number", "7KQ29XMD"),
    "received_on": ("the day on which it arrived", "3 March 2027"),
    "outcome": ("what came of it", "We have corrected your date of birth, and told the two people who had seen it."),
}
KINDS = Kinds("cohorts", WORDS, ("provider", "reference", "received_on"))
RECEIVED = KINDS.add("complaint_received", "A complaint about data has arrived", WRITER)
ANSWERED = KINDS.add("complaint_answered", "A complaint about data is answered", WRITER, "outcome", secret=("outcome",))


def tell(kind: MessageKind, complaint: DataComplaint, **secrets: str) -> bool:
    """Says whether they could be told by email."""
    if not complaint.email:
        return False
    context = {
        "provider": str(complaint.provider),
        "reference": complaint.reference,
        "received_on": english.day_date(complaint.received_on),
        "link": address("provider_privacy", complaint.provider.slug),
    }
    notice = Notice(kind, complaint.email, complaint, context, secrets=secrets, name=complaint.name)
    send(notice)
    return True
