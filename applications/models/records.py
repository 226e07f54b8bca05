"""What belongs to an application and is kept apart: statements, drafts of parts, access needs, the record of decisions."""

from django.db import models

from applications.models.application import Application
from applications.models.reason import WithReason
from applications.models.rules import Criterion
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats import english
from steppingup.history.lifecycle import append_only


class Statement(ScopedModel):
    """What the applicant wrote about one criterion (B23)."""

    retention = "With the application."

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="statements")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="statements")
    text = models.TextField(blank=True)

    visibility = Scope(through="application")

    class Meta:
        ordering = ("criterion__order", "pk")
        constraints = [models.UniqueConstraint(fields=["application", "criterion"], name="statement_once")]

    def __str__(self) -> str:
        return f"{self.criterion}"


class PartDraft(ScopedModel):
    """The fields of one part exactly as they were typed: too long, half finished or wrong. Nothing typed is lost.

    It goes when the part is completed. Equality answers are never kept here."""

    retention = "Until the part is completed, at the longest as long as the unsubmitted application."

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="part_drafts")
    part = models.CharField(max_length=60)
    typed = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=clock.now)

    visibility = Scope(owner="application__applicant")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "part"], name="part_draft_once")]

    def __str__(self) -> str:
        return f"{self.part} of {self.application.reference}"


class AccessNeeds(ScopedModel):
    """What somebody needs at interview and on the programme. Coordinators read it; assessors never do."""

    retention = "With the application; not used for any decision."

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="access_needs")
    has_needs = models.BooleanField(default=False)
    text = models.TextField(blank=True)

    visibility = Scope(through="application")

    class Meta:
        verbose_name_plural = "access needs"

    def __str__(self) -> str:
        return "Access needs"


class Decision(WithReason, ScopedModel):
    """One decision about an application: what, why, by whom. Never changed (L3)."""

    retention = "With the application."

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    step = models.CharField(max_length=30)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="application")

    class Meta:
        ordering = ("at", "pk")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.step} on {english.day_date(self.at)}"
