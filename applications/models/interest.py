"""The register of interest: “email me when recruitment begins” (B32)."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from applications.models.window import Window
from applications.queries import InterestQuerySet
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

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = "entry in the register of interest"
        verbose_name_plural = "register of interest"
        ordering = ("-registered_at",)
        constraints = [models.UniqueConstraint("programme", Lower("email"), name="interest_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def message_scopes(self) -> tuple[models.Model, ...]:
        return (self.programme,)


class InterestTold(models.Model):
    """This person was told that this window is open. The row is what makes it happen once."""

    retention = "With the entry in the register."

    interest = models.ForeignKey(Interest, on_delete=models.CASCADE, related_name="told")
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="interest_told")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "told of an opening"
        constraints = [models.UniqueConstraint(fields=["interest", "window"], name="interest_told_once")]

    def __str__(self) -> str:
        return f"{self.interest}: {self.window}"
