"""What the desk keeps for each member of staff: where they were."""

from typing import Any

from django.conf import settings
from django.db import models

from steppingup.accounts.scope import Scope, ScopedModel


class Remembered(ScopedModel):
    """Something that a person chose on the desk and finds again, whichever machine they sign in on."""

    retention = "As long as the account: it says only where somebody was last, and goes with it."
    visibility = Scope(owner="person")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="remembered_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.person}"

    @staticmethod
    def keep(person: Any, name: str, value: Any) -> None:
        Remembered.objects.update_or_create(person=person, name=name, defaults={"value": value})

    @staticmethod
    def kept(person: Any, name: str) -> Any:
        """What was kept under this name; None where nothing was."""
        return Remembered.objects.filter(person=person, name=name).values_list("value", flat=True).first()
