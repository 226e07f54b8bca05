"""What the desk keeps for each member of staff: where they were."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import NameField


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


class SavedViewQuerySet(ScopedQuerySet["SavedView"]):
    def for_list(self, user: Any, listing: str) -> Self:
        """One's own views of a list, and those that colleagues share at providers where one holds a role now."""
        providers = sorted({role.provider_id for role in user.current_roles}) if user.is_active else []
        own = Q(person=user) | Q(shared_with__in=providers) & ~Q(name="")
        return self.filter(own, listing=listing).select_related("person").order_by("name", "pk")


class SavedView(models.Model):
    """What somebody searches, filters and sorts a list by, and its columns, under a name: “Waiting for a sponsor, over a
    week”. Without a name it is how the list opens for this person."""

    retention = "Until whoever saved it removes it; it goes with their account."
    visibility = Scope(owner="person")
    objects = SavedViewQuerySet.as_manager()

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    shared_with = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    listing = models.CharField(max_length=100)  # “applications_application”
    name = NameField(max_length=80, blank=True)
    columns = models.JSONField(default=list, blank=True)  # those that are shown; all of them where there are none
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "listing", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
