"""Files that people upload: kept under random names, shown only through an access rule."""

import secrets
from datetime import timedelta
from functools import partial
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.files.kinds import ALLOWABLE
from steppingup.files.rules import size_in_words
from steppingup.formats.english import counted

ORPHAN_HOURS = 24
MOST_DRAW_TRIES = 2


def random_name(instance: models.Model, filename: str) -> str:
    """A place that cannot be guessed and that says nothing about the file."""
    name = secrets.token_hex(20)
    return f"files/{name[:2]}/{name}"


class StoredFileQuerySet(ScopedQuerySet["StoredFile"]):
    def orphans(self) -> Self:
        """Files that no record refers to: left behind by a form that was never finished, or replaced."""
        found = self
        for relation in StoredFile._meta.related_objects:
            referring = relation.related_model._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
            found = found.exclude(models.Exists(referring))
        return found

    def abandoned(self) -> Self:
        """Orphans that are older than a day, so that nobody is still filling in the form."""
        return self.orphans().filter(uploaded_at__lt=clock.now() - timedelta(hours=ORPHAN_HOURS))

    def to_draw(self) -> Self:
        """Word documents of which there is no PDF yet, and of which one may still be made."""
        return self.filter(content_type=ALLOWABLE["docx"].content_type, drawn="", draw_tries__lt=MOST_DRAW_TRIES)


class StoredFile(models.Model):
    """An upload that passed its rule. Other records point to it; a view shows it by `serve()` after its own access rule."""

    retention = "Kept as long as the record that refers to it; removed a day after nothing refers to it any more."
    visibility = Scope(owner="uploaded_by")

    file = models.FileField(upload_to=random_name, max_length=100, editable=False)
    name = models.CharField("file name", max_length=150)
    size = models.PositiveBigIntegerField("size in bytes")
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField(null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="uploads"
    )
    uploaded_at = models.DateTimeField(default=clock.now, editable=False)

    # Of a Word document: the PDF that was drawn of it, for staff; and how often that was tried.
    drawn = models.FileField(upload_to=random_name, max_length=100, blank=True, editable=False)
    draw_tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        ordering = ("-uploaded_at",)
        indexes = [models.Index(fields=["uploaded_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_word(self) -> bool:
        return self.content_type == ALLOWABLE["docx"].content_type

    @property
    def in_words(self) -> str:
        """“CV.pdf (2 pages, 340 KB)”."""
        pages = f"{counted(self.pages, 'page')}, " if self.pages is not None else ""
        return f"{self.name} ({pages}{size_in_words(self.size)})"


@receiver(post_delete, sender=StoredFile)
def remove_from_storage(sender: type[StoredFile], instance: StoredFile, **kwargs: Any) -> None:
    """The bytes go once it is certain that the row is gone."""
    storage = instance.file.storage
    for name in filter(None, (instance.file.name, instance.drawn.name)):
        # A rollback brings the row back, but never the bytes.
        transaction.on_commit(partial(storage.delete, name))
