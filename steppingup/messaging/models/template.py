"""The words of a kind of message: the default, and versions for a programme or a cohort."""

from collections.abc import Sequence
from typing import Self

import pghistory
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models

from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import SitePermission
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.history.previews import read_once
from steppingup.messaging import kinds, scopes
from steppingup.messaging.rendering import problems
from steppingup.messaging.scopes import of_roles


class Narrowed(models.Model):
    """Rows that hold everywhere or, with a scope, for a programme or a cohort."""

    content_type = models.ForeignKey(
        ContentType, null=True, blank=True, on_delete=models.CASCADE, related_name="+", editable=False
    )
    object_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    scope = GenericForeignKey("content_type", "object_id")
    provider = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+", editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_default(self) -> bool:
        return self.content_type_id is None

    @property
    def scope_title(self) -> str:
        return "everywhere" if self.is_default else str(self.scope or "something that was removed")


class MessageTemplateQuerySet(ScopedQuerySet["MessageTemplate"]):
    def defaults(self) -> Self:
        return self.filter(content_type=None)

    def nearest(self, kind: str, around: Sequence[models.Model]) -> "MessageTemplate":
        """The row of the most specific of the scopes (given most specific first), or the default.

        Where even the default row is missing, an unsaved one with the text of the file."""
        # All versions of the kind at once: there are few, and each scope around would ask again.
        rows = read_once(
            (MessageTemplate, kind),
            lambda: {(row.content_type_id, row.object_id): row for row in self.filter(kind=kind)},
        )
        for scope in around:
            found = rows.get(scopes.key(scope))
            if found:
                return found
        return rows.get((None, None)) or MessageTemplate.from_file(kind)


@pghistory.track()
class MessageTemplate(Narrowed):
    """A text. Without a scope it is the default for its kind."""

    retention = "Kept as long as the programme or cohort; holds no personal data."
    visibility = Scope(see=SitePermission.EDIT_TEXTS, provider="provider", rule=of_roles, shared=True)

    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    body = models.TextField(
        help_text="Say first what happened or what to do. A blank line starts a paragraph, - a list item; **stars** make bold."
    )
    button_label = models.CharField(
        max_length=80, blank=True, help_text="What the button says. Without it the message has no button."
    )
    edited = models.BooleanField(default=False, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "email text"
        verbose_name_plural = "email texts"
        ordering = ("kind", "content_type", "object_id")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "content_type", "object_id"], name="message_template_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(content_type=None, object_id=None)
                | models.Q(content_type__isnull=False, object_id__isnull=False),
                name="message_template_scope_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_title} ({self.scope_title})"

    @property
    def kind_title(self) -> str:
        return kinds.title(self.kind)

    @property
    def text(self) -> kinds.Text:
        return kinds.Text(self.subject, self.body, self.button_label)

    @classmethod
    def from_file(cls, kind: str) -> "MessageTemplate":
        """The default as it comes with the code, not saved."""
        text = kinds.default_text(kinds.get(kind))
        return cls(kind=kind, subject=text.subject, body=text.body, button_label=text.button_label)

    def clean(self) -> None:
        kind = kinds.find(self.kind)
        if kind is None:
            raise ValidationError({"kind": f"There is no longer a kind of message “{self.kind}”."})
        found = problems(kind, self.text)
        if found:
            raise ValidationError(found)
