"""A mentor, or somebody to shadow, at a participant's own employer: how far it has come, and why it is over (B48)."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class InternalKind(models.TextChoices):
    MENTORING = "mentoring", "Mentoring"
    SHADOWING = "shadowing", "Shadowing"
    BOTH = "both", "Mentoring and shadowing"


class InternalStatus(models.TextChoices):
    ASKED = "asked", "Asked"
    AGREED = "agreed", "Agreed"
    DECLINED = "declined", "Said no"
    ENDED = "ended", "Ended"


class EndedBy(models.TextChoices):
    PARTICIPANT = "participant", "The participant ended it"
    MANAGER = "line_manager", "The line manager ended it"
    THEMSELVES = "themselves", "They ended it themselves"
    STAFF = "staff", "Those who run the programme ended it"
    LEFT = "left", "The participant left the programme"
    MOVED = "moved", "The participant has another employer"


#: Between whom something stands, or is asked.
STANDING = (InternalStatus.ASKED, InternalStatus.AGREED)
#: Those who have said something.
ANSWERED = (InternalStatus.AGREED, InternalStatus.DECLINED)

INTERNAL = Lifecycle(
    "internal mentor",
    InternalStatus,
    InternalStatus.ASKED,
    {
        "agree": move((InternalStatus.ASKED, InternalStatus.DECLINED), InternalStatus.AGREED, "Agree"),
        "decline": move(InternalStatus.ASKED, InternalStatus.DECLINED, "Say no"),
        "end": move(STANDING, InternalStatus.ENDED, "End it"),
    },
    noun="internal mentor",
)
