"""What invitations to offer something have in common: somebody at an organisation is asked, by a link."""

from typing import Self, TypeVar

from django.db import models

from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField

Asked = TypeVar("Asked", bound=models.Model)


class AskedQuerySet(ScopedQuerySet[Asked]):
    def open(self) -> Self:
        """Those whose link holds."""
        return self.filter(ended_at=None)


class AskedByLink(models.Model):
    """Somebody at an organisation, what we wrote to them, and until when their link holds."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = NameField(max_length=150)
    email = AddressField("email address")
    message = models.TextField("what we say", blank=True)
    asked_at = models.DateTimeField("asked", default=clock.now, editable=False)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField("ended", null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"
