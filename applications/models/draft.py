"""What somebody has typed into a part of their application that is not complete yet."""

from django.db import models
from django.utils import timezone

from applications.models.application import Application
from steppingup.accounts.scope import Scope, ScopedModel


class PartDraft(ScopedModel):
    """The fields of one part exactly as they were typed: too long, half finished or wrong. Nothing typed is lost.

    It goes when the part is completed. Equality answers are never kept here."""

    retention = "Until the part is completed, at the longest as long as the unsubmitted application."

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="part_drafts")
    part = models.CharField(max_length=60)
    typed = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)

    visibility = Scope(owner="application__applicant")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "part"], name="part_draft_once")]

    def __str__(self) -> str:
        return f"{self.part} of {self.application.reference}"
