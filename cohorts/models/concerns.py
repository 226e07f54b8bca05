"""Concerns about conduct, told in confidence to people whom the provider names.

They stand apart: encrypted, without a history of their words, in no search, and read by those alone to whom they were written. No other
role reads them, nor does an administrator of the whole site."""

import secrets
from typing import Any, Self, cast

from django.db import models
from django.db.models import Q

from cohorts.permissions import ConcernPermission
from cohorts.states.concerns import CONCERN, ConcernStatus
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import Scope, ScopedQuerySet, accounts, roles_held
from steppingup.history.encryption import EncryptedJSONField

#: Without letters and figures that look alike.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_reference() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def providers_of(user: Any) -> list[int]:
    """Where this person hears concerns. Whoever may do everything else on the site hears none by that."""
    return sorted({role.provider_id for role in roles_held(user, ConcernPermission.HEAR_CONCERNS)})


class ConcernQuerySet(ScopedQuerySet["Concern"]):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """Those that were written to this person, as long as they hold the role."""
        if permission not in (None, ConcernPermission.HEAR_CONCERNS) or not getattr(user, "is_active", False):
            return self.none()
        mine = ConcernReader.objects.filter(user__in=accounts(user)).values("concern")
        return self.filter(provider__in=providers_of(user), pk__in=mine)

    def waiting(self) -> Self:
        return self.filter(status=ConcernStatus.RECEIVED)

    def for_steps(self) -> Self:
        return self.select_related("provider")


class Concern(models.Model):
    """`said` has what was written: whom it is about, what happened, what they wish for, and their name and address, if they gave them."""

    retention = "As the provider says: 24 months after it was closed are proposed."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=8, unique=True, default=new_reference, editable=False)
    status = models.CharField(max_length=20, choices=ConcernStatus, default=ConcernStatus.RECEIVED, editable=False)
    said = EncryptedJSONField()
    received_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(see=ConcernPermission.HEAR_CONCERNS, provider="provider")
    objects = ConcernQuerySet.as_manager()

    class Meta:
        verbose_name = "concern"
        ordering = ("-received_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ConcernStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=ConcernStatus.CLOSED) & Q(closed_at=None)),
                name="concern_closed_dated",
            ),
        ]
        triggers = [*CONCERN.triggers()]

    def __str__(self) -> str:
        return f"Concern {self.reference}"

    @property
    def words(self) -> dict[str, str]:
        return cast("dict[str, str]", self.said)

    @property
    def email(self) -> str:
        """Where whoever wrote it can be told something; empty where they did not say who they are."""
        return self.words.get("email", "")

    @property
    def whose(self) -> str:
        return self.words.get("name", "") or "Somebody who did not give their name"


class OfConcernQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """With the concern."""
        return self.filter(concern__in=Concern.objects.visible_to(user, permission).order_by().values("pk"))


class ConcernReader(models.Model):
    """Somebody to whom a concern was written, or whom one of these asked to read it too."""

    retention = "With the concern."

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="concern")
    objects = OfConcernQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concern", "user"], name="concern_reader_once")]

    def __str__(self) -> str:
        return str(self.user)


class ConcernNote(models.Model):
    """What was done about a concern, and what its readers noted. Never changed."""

    retention = "With the concern."

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="notes")
    what = models.CharField(max_length=60)
    text = EncryptedJSONField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="concern")
    objects = OfConcernQuerySet.as_manager()

    class Meta:
        verbose_name = "note on a concern"
        verbose_name_plural = "notes on concerns"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.what
