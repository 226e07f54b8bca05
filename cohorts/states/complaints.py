"""What becomes of a complaint about personal data."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class ComplaintStatus(models.TextChoices):
    RECEIVED = "received", "To be acknowledged"
    ACKNOWLEDGED = "acknowledged", "Being looked into"
    CLOSED = "closed", "Answered"


class ComplaintKind(models.TextChoices):
    WRONG = "wrong", "Something that you hold about me is wrong"
    SEEN = "seen", "Somebody saw what they should not have seen"
    KEPT = "kept", "You have kept something too long, or will not delete it"
    COPY = "copy", "I asked for a copy of my data and am not content with what I got"
    USED = "used", "You use my data for something that I do not agree with"
    OTHER = "other", "Something else"


COMPLAINT = Lifecycle(
    "complaint",
    ComplaintStatus,
    initial=ComplaintStatus.RECEIVED,
    noun="complaint",
    moves={
        "acknowledge": move(ComplaintStatus.RECEIVED, ComplaintStatus.ACKNOWLEDGED, "Note that it was acknowledged"),
        "answer": move(ComplaintStatus.ACKNOWLEDGED, ComplaintStatus.CLOSED, "Answer it"),
        "reopen": move(ComplaintStatus.CLOSED, ComplaintStatus.ACKNOWLEDGED, "Open it again"),
    },
)
