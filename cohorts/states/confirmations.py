"""What somebody at the employer says of a step up that they were asked to confirm, and how that reads (B58)."""

from django.db import models


class Confirmed(models.TextChoices):
    """The answers, as they are offered to whoever was asked."""

    YES = "yes", "Yes, that is right"
    NO = "no", "No, it is not"
    UNSURE = "unsure", "I cannot say"


NOT_ASKED, ASKED, NO_ANSWER = "Not asked", "Asked", "Asked, no answer"
#: For lists and downloads.
SHORT = {Confirmed.YES: "Confirmed", Confirmed.NO: "Not confirmed", Confirmed.UNSURE: "Could not say"}
#: In the middle of a sentence: “Sam Marsh has confirmed it”.
SAID = {
    Confirmed.YES: "has confirmed it",
    Confirmed.NO: "has said that it is not so",
    Confirmed.UNSURE: "cannot say",
}
