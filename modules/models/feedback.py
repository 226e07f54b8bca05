"""What participants took away from a talk, and what of it the speaker reads (L7)."""

import pghistory
from django.db import models

from cohorts.models import Enrolment
from modules.models.module import LONGEST, SessionSpeaker
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel


@pghistory.track(exclude=["words"])
class TalkFeedback(ScopedModel):
    """The words of one participant about one talk; theirs to change and to remove: no history is kept of the words."""

    retention = "With the enrolment: 6 years after the cohort ends; or with the speaker. The participant removes it at any time."

    talk = models.ForeignKey(SessionSpeaker, on_delete=models.CASCADE, related_name="feedback")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="talk_feedback")
    words = models.TextField("what they took away from it", max_length=LONGEST)
    to_speaker = models.BooleanField("the speaker reads it", default=False)
    said_at = models.DateTimeField("said", default=clock.now, editable=False)

    visibility = Scope(through="enrolment")

    class Meta:
        verbose_name = "comment on a talk"
        verbose_name_plural = "comments on talks"
        ordering = ("-said_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["talk", "enrolment"],
                name="talk_feedback_once",
                violation_error_message="They have written about this talk already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(words=""),
                name="talk_feedback_has_words",
                violation_error_message="Write what you took away from it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} on {self.talk.speaker.name}"

    @property
    def participant(self) -> User:
        return self.enrolment.participant

    @property
    def first_name(self) -> str:
        """As the speaker reads it: never an address, where somebody has given no name."""
        return self.participant.get_short_name() if self.participant.full_name else "A participant"
