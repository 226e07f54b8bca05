"""What becomes of a concern about conduct."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class ConcernStatus(models.TextChoices):
    RECEIVED = "received", "Received"
    LOOKED_AT = "looked_at", "Being looked at"
    CLOSED = "closed", "Closed"


CONCERN = Lifecycle(
    "concern",
    ConcernStatus,
    initial=ConcernStatus.RECEIVED,
    noun="concern",
    moves={
        "look_at": move(ConcernStatus.RECEIVED, ConcernStatus.LOOKED_AT, "Begin to look at it"),
        "close": move((ConcernStatus.RECEIVED, ConcernStatus.LOOKED_AT), ConcernStatus.CLOSED, "Close it"),
        "reopen": move(ConcernStatus.CLOSED, ConcernStatus.LOOKED_AT, "Open it again"),
    },
)
