"""What participants write for themselves, and whom they let read it, entry by entry (B53)."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from cohorts.models.enrolment import Enrolment
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.files.models import StoredFile
from steppingup.formats import english
from steppingup.formats.fields import NameField

LONGEST = 20_000
MOST_FILES = 10


class JournalEntryQuerySet(ScopedQuerySet["JournalEntry"]):
    def with_readers(self) -> Self:
        """With whom each is shared now, and how many files it has."""
        now = models.Prefetch("sharings", SharedEntry.objects.standing().select_related("reader"), to_attr="shared_now")
        return self.prefetch_related(now, "files")

    def for_steps(self) -> Self:
        return self.select_related("enrolment__participant", "enrolment__cohort__programme__provider")


class JournalEntry(models.Model):
    """What a participant has written of one day. Theirs alone: nobody else lists it, no history of it is kept, and whoever they share
    it with reads it as it is today (`SharedEntry`)."""

    retention = "Until the person deletes it; otherwise with the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="journal")
    on = models.DateField()
    title = NameField(max_length=120)
    text = models.TextField(max_length=LONGEST)
    written_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    # What one shown form brings with it, so that a second click on its button writes nothing more.
    submission = models.UUIDField(null=True, unique=True, editable=False)

    visibility = Scope(owner="enrolment__participant")
    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "journal entry"
        verbose_name_plural = "journal entries"
        ordering = ("-on", "-pk")

    def __str__(self) -> str:
        """Without a word of it: whatever speaks of an entry must not quote it."""
        return f"Entry of {english.day_date(self.on)}"


class JournalFile(ScopedModel):
    """A file that belongs to an entry, and is read by whoever may read it."""

    retention = "With the journal entry."

    entry = models.ForeignKey(JournalEntry, on_delete=models.CASCADE, related_name="files")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="journal_file")

    visibility = Scope(through="entry")

    class Meta:
        verbose_name = "file of a journal entry"
        verbose_name_plural = "files of journal entries"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"File of {self.entry}"


class SharedEntryQuerySet(ScopedQuerySet["SharedEntry"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(ended_at=None)

    def to_read(self) -> Self:
        """Not opened yet, or changed since."""
        return self.filter(Q(read_at=None) | Q(read_at__lt=F("entry__changed_at")))

    def for_steps(self) -> Self:
        return self.select_related(
            "entry__enrolment__participant", "entry__enrolment__cohort__programme__provider", "reader"
        )


class SharedEntry(models.Model):
    """A participant lets one person read an entry, as what that person is to them: their line manager, their mentor. It holds as long
    as they are that, and until it is taken back. What they have opened is kept, so that it can be said."""

    retention = "With the journal entry."

    entry = models.ForeignKey(JournalEntry, on_delete=models.CASCADE, related_name="sharings")
    reader = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    #: The name of a relation (`cohorts.relations`).
    role = models.CharField(max_length=30)
    since = models.DateTimeField(default=clock.now, editable=False)
    # When they pressed “Read”: first, and last.
    first_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(through="entry")
    objects = SharedEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "shared journal entry"
        verbose_name_plural = "shared journal entries"
        ordering = ("-entry__on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "reader", "role"], condition=Q(ended_at=None), name="shared_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(first_read_at=None, read_at=None) | Q(first_read_at__isnull=False, read_at__isnull=False),
                name="shared_entry_read_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}, shared"

    @property
    def is_open(self) -> bool:
        """Has it been opened as it is now?"""
        return self.read_at is not None and self.read_at >= self.entry.changed_at

    def read_in_words(self, called: Any) -> str:
        """“Jo Maddern has not opened it.”"""
        if self.first_read_at is None or self.read_at is None:
            return f"{called} has not opened it."
        if english.when(self.first_read_at) == english.when(self.read_at):
            return f"{called} opened it on {english.when(self.first_read_at)}."
        first, last = english.when(self.first_read_at), english.when(self.read_at)
        return f"{called} opened it on {first}, and last on {last}."
