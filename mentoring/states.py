"""The statuses of a mentoring pair, and the modes of a session."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class PairStatus(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    CONFIRMED = "confirmed", "Confirmed"
    DROPPED = "dropped", "Not taken up"
    ENDED = "ended", "Ended"


P = PairStatus
#: Pairs that use one of the mentor's places.
USES_CAPACITY = (P.PROPOSED, P.CONFIRMED)
#: Pairs that mentor and participant know of.
WAS_CONFIRMED = (P.CONFIRMED, P.ENDED)

PAIR = Lifecycle(
    "pair",
    P,
    P.PROPOSED,
    {
        "confirm": move(P.PROPOSED, P.CONFIRMED, "Confirm the pair"),
        "drop": move(P.PROPOSED, P.DROPPED, "Drop the proposal"),
        "end": move(P.CONFIRMED, P.ENDED, "End the pair"),
    },
    noun="pair",
)


class Mode(models.TextChoices):
    """How mentor and participant met (B14)."""

    FACE_TO_FACE = "face_to_face", "Face to face"
    VIDEO = "video", "Video call"
    EMAIL = "email", "Email"
    PHONE = "phone", "Telephone"
