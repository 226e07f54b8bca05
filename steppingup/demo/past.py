"""The outbox of a demonstration's past: written down as sent (or as refused), and never delivered to anybody.

An internal step of `load_demo` and of nothing else. It takes every message through the same statuses as a delivery does,
so that the database's table of steps holds, but hands nothing to a mail server.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus

S = MessageStatus
A_MOMENT_LATER = timedelta(seconds=4)
UNKNOWN_ADDRESS = (
    "The mail server does not know the address {address}, or does not accept mail for it. (550 No such user here)"
)


@transaction.atomic
def settle_past(*, before: datetime, refused: Collection[str] = ()) -> int:
    """Everything that waits and was written before this moment counts as sent a moment after it was written.

    What went to one of the `refused` addresses counts as given up. Private links go, as they do after a delivery.
    Returns how many count as sent. Raises NotPossible in production, where every message is delivered."""
    if settings.PRODUCTION:
        raise NotPossible("In production every message is delivered.")
    waiting = Message.objects.filter(status=S.QUEUED, created_at__lt=before)
    for address in refused:
        reason = UNKNOWN_ADDRESS.format(address=address)
        waiting.filter(to_email=address).update(status=S.FAILED, attempts=1, last_error=reason)
    past = Message.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)))
    past.update(status=S.SENDING, attempts=1, claimed_at=F("created_at"))
    past.update(status=S.HANDING_OVER)
    sent_at = F("created_at") + A_MOMENT_LATER
    return past.update(status=S.SENT, sent_at=sent_at, sealed=None, next_attempt_at=None)
