"""The statuses of a mentoring pair, and the modes of a session."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class PairStatus(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    CONFIRMED = "confirmed", "Confirmed"
    DROPPED = "dropped", "Not taken up"
    ENDED = "ended", "Ended"


#: Pairs that use one of the mentor's places.
USES_CAPACITY = (PairStatus.PROPOSED, PairStatus.CONFIRMED)
#: Pairs that mentor and participant know of.
WAS_CONFIRMED = (PairStatus.CONFIRMED, PairStatus.ENDED)

PAIR = Lifecycle(
    "pair",
    PairStatus,
    PairStatus.PROPOSED,
    {
        "confirm": move(PairStatus.PROPOSED, PairStatus.CONFIRMED, "Confirm the pair"),
        "drop": move(PairStatus.PROPOSED, PairStatus.DROPPED, "Drop the proposal"),
        "end": move(PairStatus.CONFIRMED, PairStatus.ENDED, "End the pair"),
    },
    noun="pair",
)


class Mode(models.TextChoices):
    """How mentor and participant met (B14)."""

    FACE_TO_FACE = "face_to_face", "Face to face"
    VIDEO = "video", "Video call"
    EMAIL = "email", "Email"
    PHONE = "phone", "Telephone"
