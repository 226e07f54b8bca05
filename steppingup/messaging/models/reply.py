"""What people answer to emails of the site: by email, or as staff noted it."""

from collections.abc import Callable
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.roles import Permission, SitePermission
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet, accounts
from steppingup.files.models import StoredFile
from steppingup.formats.fields import AddressField, NameField
from steppingup.messaging.models.message import Message
from steppingup.messaging.states import ReplyKind

#: From whom the answers of a person are kept, beside that person: apps say who stands too near. Conditions on people.
_kept_from: list[Callable[[Any], Q]] = []


def keep_replies_from(rule: Callable[[Any], Q]) -> None:
    """Add people whose answers somebody does not read, whatever role they hold."""
    _kept_from.append(rule)


class ReplyQuerySet(ScopedQuerySet["Reply"]):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """Those who see the emails of the provider, but for what is about themselves or somebody to whom they are more than staff."""
        found = super().visible_to(user, permission).exclude(person__in=accounts(user))
        for rule in _kept_from:
            near = User._base_manager.filter(rule(user)).values("pk")
            found = found.exclude(person__in=near)
        return found

    def to_answer(self) -> Self:
        return self.filter(kind=ReplyKind.REPLY, answered_at=None)

    def for_steps(self) -> Self:
        return self.select_related("message__provider", "provider", "person")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Reply(models.Model):
    """An answer to one email of ours, as it came: nobody has checked who wrote it. Its words do nothing."""

    retention = "With the email that it answers."

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="replies")
    provider = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="+")
    person = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="replies")
    kind = models.CharField(max_length=20, choices=ReplyKind, default=ReplyKind.REPLY)
    from_name = NameField("from", max_length=150, blank=True)
    from_email = AddressField("address", max_length=254, blank=True)
    #: Is the sender’s address the one that we wrote to, or another one of theirs? A sender is easily made up.
    is_from_them = models.BooleanField("from the address that we wrote to", default=False)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    #: What was not kept of it, and why.
    left_out = models.TextField(blank=True)
    received_at = models.DateTimeField(default=clock.now)
    #: What the email is called by whoever sent it, or what stands for that; the same one is kept once.
    key = models.CharField(max_length=64, unique=True, editable=False)
    noted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    visibility = Scope(see=SitePermission.SEE_MESSAGES, provider="provider", cohort="message__cohort")
    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        ordering = ("-received_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="reply_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to “{self.message.subject}”"

    @property
    def whose(self) -> str:
        """Who wrote it, as the email says; another address than the one that we wrote to stands beside it."""
        name = self.from_name or self.from_email or "Somebody"
        return (
            name
            if self.is_from_them or not self.from_email
            else f"{name} ({self.from_email}, not the address that we wrote to)"
        )


class ReplyFile(ScopedModel):
    """What came with an answer, checked like every upload."""

    retention = "With the reply."
    visibility = Scope(through="reply")

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "file of a reply"
        verbose_name_plural = "files of replies"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.file.in_words


class MailboxPlace(ScopedModel):
    """How far a mailbox was read. Reading it again from the beginning keeps nothing twice."""

    retention = "Holds no personal data."
    visibility = Scope()  # nobody lists it

    mailbox = models.CharField(max_length=200, unique=True)
    validity = models.PositiveBigIntegerField(default=0)
    last_uid = models.PositiveBigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    last_problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.mailbox
