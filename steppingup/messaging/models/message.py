"""The outbox: every email that the site has to send or has sent."""

import re
import uuid
from datetime import datetime
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.roles import Permission, SitePermission
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.files.models import StoredFile
from steppingup.formats.fields import AddressField, NameField
from steppingup.history.encryption import EncryptedJSONField
from steppingup.messaging import kinds
from steppingup.messaging.states import DUE, GONE, MESSAGE, NEEDS_ATTENTION, MessageStatus

#: “Your application: https://…”, which nobody can press on paper.
BUTTON = re.compile(r"[^\n]*:?\s*https?://\S+")


class MessageQuerySet(ScopedQuerySet["Message"]):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """But for what others were told about the very person who looks, and for what is told in confidence."""
        about = ContentType.objects.get_for_model(User)
        mine = MessageSubject.objects.filter(content_type=about, object_id=user.pk or 0).values("message")
        found = super().visible_to(user, permission).filter(Q(to=user.pk) | ~Q(pk__in=mine))
        hidden = kinds.in_confidence()
        return found.exclude(kind__in=hidden) if hidden else found

    def due(self, now: datetime) -> Self:
        """What a deliverer may take now, the longest waiting first."""
        useful = Q(expires_at=None) | Q(expires_at__gt=now)
        return self.filter(useful, status__in=DUE, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")

    def to_post(self) -> Self:
        """Letters to people without an email address that are to be printed now, and posted."""
        return self.filter(status=MessageStatus.TO_POST, next_attempt_at__lte=clock.now())

    def left(self) -> Self:
        """What people may know of: neither what was stopped, nor what waits for a while before it leaves."""
        waits = Q(status__in=(MessageStatus.QUEUED, MessageStatus.TO_POST), next_attempt_at__gt=clock.now())
        return self.exclude(waits).exclude(status=MessageStatus.STOPPED)

    def about(self, *objects: models.Model) -> Self:
        """What was said about any of these objects, or to these people, the newest first: for `admin/components/messages.html`."""
        # One list of ids, found by its indexes: “or” between two of them would read the whole outbox.
        named = Q(pk__in=[])
        for one in objects:
            named |= Q(content_type=ContentType.objects.get_for_model(one), object_id=one.pk)
        found = MessageSubject.objects.filter(named).values("message")
        rows = self
        if people := [one for one in objects if isinstance(one, User)]:
            found = found.union(Message.objects.filter(to__in=people).order_by().values("pk"))
            rows = self.exclude(kind__in=kinds.in_confidence())
        return rows.filter(pk__in=found).order_by("-created_at", "-pk").defer("text", "html", "sealed", "context")


class Message(models.Model):
    """An email to one person. Its words are fixed when it is written; private links are masked in them."""

    retention = "Kept 6 years, as part of the record of decisions, but no longer than what it is about. Private links go once it is sent."
    visibility = Scope(see=SitePermission.SEE_MESSAGES, provider="provider", cohort="cohort")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=80)
    template = models.ForeignKey(
        "messaging.MessageTemplate", null=True, on_delete=models.SET_NULL, related_name="messages"
    )
    provider = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="messages")
    #: By its id, as this app does not know what a cohort is: a role that is limited to others does not see it. None: of the whole provider.
    cohort = models.PositiveBigIntegerField(null=True, editable=False)
    to = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="messages", verbose_name="person")
    to_email = AddressField("address", max_length=254)
    to_name = NameField("name", max_length=200, blank=True)
    reply_to = AddressField(blank=True)
    content_type = models.ForeignKey(ContentType, null=True, on_delete=models.SET_NULL, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True)
    about = GenericForeignKey("content_type", "object_id")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    context = models.JSONField(default=dict)
    #: What goes with it for the reader's calendar (iCalendar), if anything.
    calendar = models.TextField(blank=True, editable=False)
    sealed = EncryptedJSONField(null=True)
    secrets_forgotten = models.BooleanField(default=False, editable=False)
    status = models.CharField(max_length=20, choices=MessageStatus, default=MessageStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField("written", default=clock.now)
    next_attempt_at = models.DateTimeField("next attempt", null=True, default=clock.now)
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField("sent", null=True)
    expires_at = models.DateTimeField("no longer useful after", null=True)
    last_error = models.TextField("what went wrong", blank=True)
    message_id_header = models.CharField("Message-ID", max_length=200, unique=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "email"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(fields=["next_attempt_at"], name="message_due", condition=Q(status__in=DUE)),
            models.Index(fields=["status", "claimed_at"], name="message_by_status"),
            models.Index(fields=["kind", "-created_at"], name="message_by_kind"),
            models.Index(fields=["to_email"], name="message_by_address"),
            models.Index(fields=["provider", "-created_at"], name="message_by_provider"),
            models.Index(fields=["cohort", "-created_at"], name="message_by_cohort"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=GONE, sent_at__isnull=False) | (~Q(status__in=GONE) & Q(sent_at=None)),
                name="message_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(*GONE, MessageStatus.TO_POST)) | Q(sealed=None),
                name="message_sent_keeps_no_secret",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=DUE) | Q(next_attempt_at__isnull=False), name="message_due_has_time"
            ),
        ]
        triggers = [*MESSAGE.triggers()]

    def __str__(self) -> str:
        return f"{self.subject} – {self.to_email}"

    @property
    def kind_title(self) -> str:
        return kinds.title(self.kind)

    @property
    def whole(self) -> dict[str, Any]:
        """Subject, text and HTML as they go out: with the private links while they are still kept."""
        if isinstance(self.sealed, dict):
            return self.sealed
        return {"subject": self.subject, "text": self.text, "html": self.html}

    @property
    def on_paper(self) -> str:
        """The text of a letter: without the line that a button became, and without the signature of an email."""
        body = self.text.partition("\n-- \n")[0]
        return "\n\n".join(part for part in body.split("\n\n") if not BUTTON.fullmatch(part.strip()))

    @property
    def needs_attention(self) -> bool:
        return self.status in NEEDS_ATTENTION


class Attachment(ScopedModel):
    """A file that goes with a message; the same one with as many as are written at once."""

    retention = "Goes with its message."
    visibility = Scope(through="message")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["message", "file"], name="attachment_once")]

    def __str__(self) -> str:
        return self.file.in_words


class MessageSubject(ScopedModel):
    """A message is listed on the pages of the objects that it is about."""

    retention = "Goes with its message."
    visibility = Scope(through="message")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="subjects")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    object = GenericForeignKey("content_type", "object_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "message"], name="message_subject_once")
        ]

    def __str__(self) -> str:
        return str(self.object)
