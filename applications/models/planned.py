"""Decisions that are set and that nobody has been told of: they are sent together."""

from django.db import models

from applications.models.application import Application
from applications.models.reason import WithReason
from applications.permissions import ApplicationPermission
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel


class PlannedDecision(WithReason, ScopedModel):
    """What is to be decided about an application. Until it is sent nothing about the application changes, and its applicant
    sees nothing of it."""

    class What(models.TextChoices):
        """The names of the steps."""

        SHORTLIST = "shortlist", "Shortlist"
        HOLD = "hold", "Hold in reserve"
        TURN_DOWN = "turn_down", "Turn down"
        OFFER = "offer", "Offer a place"
        WAITING = "put_on_waiting_list", "Put on the waiting list"

    retention = "Until it is sent or dropped."
    visibility = Scope(through="application", see=ApplicationPermission.SEE_APPLICATIONS)

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="planned")
    step = models.CharField("what", max_length=30, choices=What)
    note = models.TextField(blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "decision that is not sent yet"
        verbose_name_plural = "decisions that are not sent yet"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step="turn_down") & ~models.Q(reason="")
                | ~models.Q(step="turn_down") & models.Q(reason=""),
                name="planned_decision_has_reason",
            )
        ]

    def __str__(self) -> str:
        return self.get_step_display() + (f": {self.why}" if self.reason else "")
