"""Invitations to sessions that stand in people’s own calendars: what was sent to whom, and what their calendar answered."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import F

from cohorts.models.enrolment import Enrolment
from cohorts.models.session import Session
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedQuerySet


class Answer(models.TextChoices):
    ACCEPTED = "accepted", "Comes"
    DECLINED = "declined", "Does not come"
    TENTATIVE = "tentative", "Perhaps"


class SessionInvitationQuerySet(ScopedQuerySet["SessionInvitation"]):
    def outdated(self) -> Self:
        """Those in calendars that say something else of the session than what is so by now."""
        return self.filter(is_in=True).exclude(sequence=F("session__sequence"))

    def answered(self) -> Self:
        return self.filter(is_in=True).exclude(answer="")


@pghistory.track()
class SessionInvitation(models.Model):
    """What one participant was sent for one session: which version of it, and whether it is to stand in their calendar."""

    retention = "With the enrolment: 6 years after the cohort ends."

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="calendar_invitations")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="calendar_invitations")
    is_in = models.BooleanField("stands in their calendar", default=False)
    sequence = models.PositiveIntegerField("version", default=0)
    # How often the same version of the session went from their calendar, or came back: each is a later version to them.
    turns = models.PositiveIntegerField(default=0, editable=False)
    sent_at = models.DateTimeField(default=clock.now)
    answer = models.CharField("their calendar answered", max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    visibility = Scope(through="session")
    objects = SessionInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation in a calendar"
        verbose_name_plural = "invitations in calendars"
        ordering = ("session", "enrolment")
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="session_invitation_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.session}"
