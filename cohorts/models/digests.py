"""The line manager's email once a month: when it was sent last, and whether they have stopped it."""

from django.db import models

from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel


class ManagerDigest(ScopedModel):
    """One line manager, over all their people."""

    retention = "As long as the account: when the monthly email was sent last, and whether it was stopped."

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="manager_digest")
    told_at = models.DateTimeField("sent last", null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField("stopped", null=True, blank=True, editable=False)

    visibility = Scope(owner="user")

    class Meta:
        verbose_name = "monthly email to a line manager"
        verbose_name_plural = "monthly emails to line managers"

    def __str__(self) -> str:
        return f"Monthly email to {self.user}"
