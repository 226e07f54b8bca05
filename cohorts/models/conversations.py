"""What a participant and their line manager talked about and agreed (B52), in words that are theirs alone."""

from typing import Self

from django.db import models
from django.db.models import Q

from cohorts.models.enrolment import Enrolment
from cohorts.states.conversations import Side, TalkedHow
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import NameField

LONGEST = 4000


class ConversationQuerySet(ScopedQuerySet["Conversation"]):
    def standing(self) -> Self:
        """Those that whoever wrote them has not removed."""
        return self.filter(removed_at=None)

    def with_manager(self, user: User | int) -> Self:
        """Those that this line manager had themselves: what was said to the one before is not theirs to read."""
        return self.filter(manager=user)

    def for_steps(self) -> Self:
        of = "enrolment"
        return self.select_related(
            "manager", f"{of}__participant", f"{of}__line_manager", f"{of}__cohort__programme__provider"
        )


class Conversation(models.Model):
    """One conversation, written down by either of the two. Both read it, and nobody else: no list or page of staff has a word of it, and
    no history is kept. Whoever wrote it can correct it, remove it and put it back."""

    retention = (
        "With the enrolment: 6 years after the cohort ends. Staff see the day of the last one, and no word of any."
    )

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="conversations")
    #: With whom it was.
    manager = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_as = models.CharField("written down by", max_length=20, choices=Side, editable=False)
    on = models.DateField("day")
    how = models.CharField("how they talked", max_length=20, choices=TalkedHow, default=TalkedHow.MET)
    minutes = models.PositiveSmallIntegerField("how many minutes", null=True, blank=True)
    agreed = models.TextField("what was agreed", max_length=LONGEST)
    impact = models.TextField("what has changed at work", max_length=LONGEST, blank=True)
    next_step = NameField("what is next", max_length=300, blank=True)
    next_by = models.DateField("by when", null=True, blank=True)
    #: The participant would like to talk about where they go from here, the next time (R15).
    progression = models.BooleanField("progression is to be talked about next time", default=False)
    written_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What one shown form brings with it, so that a second click on its button writes nothing more.
    submission = models.UUIDField(null=True, unique=True, editable=False)

    visibility = Scope(owner="enrolment__participant")
    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(next_by=None) | ~Q(next_step=""),
                name="conversation_next_what_and_when",
                violation_error_message="Say what is to be done by then.",
            ),
        ]

    def __str__(self) -> str:
        """Without a word of it."""
        return f"Conversation of {english.day_date(self.on)}"

    @property
    def how_in_words(self) -> str:
        """“Face to face, 40 minutes”."""
        how = TalkedHow(self.how).label
        return f"{how}, {english.counted(self.minutes, 'minute')}" if self.minutes else str(how)
