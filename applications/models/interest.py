"""The register of interest: “e-mail me when recruitment begins” (B32)."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from cohorts.models import Programme


class Interest(models.Model):
    """Somebody wants to be told when a programme opens. They confirm by a link, and can leave by a link."""

    retention = "Until they leave, or 24 months after they were last told of an opening."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="interests")
    email = models.EmailField()
    name = models.CharField(max_length=150, blank=True)
    registered_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    last_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "entry in the register of interest"
        verbose_name_plural = "register of interest"
        ordering = ("-registered_at",)
        constraints = [models.UniqueConstraint("programme", Lower("email"), name="interest_once")]

    def __str__(self) -> str:
        return self.email
