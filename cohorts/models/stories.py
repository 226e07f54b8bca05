"""Stories that people tell of a programme, in words that they agreed to (C7, L9, N21)."""

import hashlib
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from cohorts.models.concerns import new_reference
from cohorts.models.enrolment import Enrolment
from cohorts.models.programme import Programme
from cohorts.permissions import CohortPermission
from cohorts.states.stories import STORY, NamedAs, StoryStatus
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import frozen

LONGEST = 8_000
LONGEST_QUOTE = 400
#: What somebody agrees to be shown: these columns, and nothing else.
WORDED = ("worded_title", "worded_text", "worded_quote", "byline")


class StoryQuerySet(ScopedQuerySet["Story"]):
    def on_pages(self, programme: Programme) -> Self:
        """Those that everybody reads: agreed to, for the public pages, by somebody whose account is open."""
        return self.filter(
            status=StoryStatus.PUBLISHED,
            on_pages=True,
            enrolment__participant__is_active=True,
            enrolment__cohort__programme=programme,
        )

    def to_word(self) -> Self:
        return self.filter(status=StoryStatus.SENT)

    def told(self) -> Self:
        return self.exclude(status=StoryStatus.WITHDRAWN)

    def for_steps(self) -> Self:
        return self.select_related("enrolment__participant", "enrolment__cohort__programme__provider")


@pghistory.track()
class Story(models.Model):
    """What somebody tells, the wording that staff propose, and what of it was agreed to. Nothing is shown before the yes, and nothing
    after it was taken back."""

    retention = (
        "With the enrolment: 6 years after the cohort ends. The person takes it off the public pages at any time."
    )

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="stories")
    reference = models.CharField("number", max_length=8, unique=True, default=new_reference, editable=False)
    status = models.CharField(max_length=20, choices=StoryStatus, default=StoryStatus.SENT, editable=False)
    title = NameField(max_length=150)
    text = models.TextField("the story", max_length=LONGEST)
    quote = models.TextField("a sentence to quote", max_length=LONGEST_QUOTE, blank=True)
    named_as = models.CharField("named", max_length=10, choices=NamedAs)
    on_pages = models.BooleanField("for the public pages", default=False)
    in_papers = models.BooleanField("for papers and reports", default=False)
    told_on = models.DateField("told on")
    wish = models.TextField("what they would like to be different", max_length=LONGEST, blank=True, editable=False)
    worded_title = NameField("title as worded", max_length=150, blank=True, editable=False)
    worded_text = models.TextField("the story as worded", max_length=LONGEST, blank=True, editable=False)
    worded_quote = models.TextField("the quotation as worded", max_length=LONGEST_QUOTE, blank=True, editable=False)
    byline = NameField("who tells it", max_length=320, blank=True, editable=False)
    agreed_at = models.DateTimeField("agreed to", null=True, blank=True, editable=False)
    #: Of exactly the words that were agreed to.
    agreed_to = models.CharField("fingerprint of the words", max_length=64, blank=True, editable=False)
    used_in = models.TextField("where it was printed", blank=True, editable=False)
    ended_because = models.TextField("why it was taken off", blank=True, editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="enrolment")
    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        ordering = ("-agreed_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=~Q(status=StoryStatus.WITHDRAWN),
                name="story_told_once",
                violation_error_message="They have told a story already.",
            ),
            models.CheckConstraint(
                condition=Q(on_pages=True) | Q(in_papers=True),
                name="story_may_be_used",
                violation_error_message="Say where it may be used.",
            ),
            models.CheckConstraint(
                condition=~Q(status=StoryStatus.PUBLISHED) | (Q(agreed_at__isnull=False) & ~Q(agreed_to="")),
                name="story_shown_was_agreed",
            ),
        ]
        triggers = [
            *STORY.triggers(),
            frozen(*WORDED, "agreed_to", once=pgtrigger.Q(old__status=StoryStatus.PUBLISHED), name="agreed_words_stay"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.title}"

    @property
    def fingerprint(self) -> str:
        """Of the wording as it stands now."""
        words = "\0".join(getattr(self, name) for name in WORDED)
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def uses(self) -> list[str]:
        """Where it may be used."""
        said = {"the public pages": self.on_pages, "papers and reports": self.in_papers}
        return [words for words, may in said.items() if may]

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {**self.enrolment.message_facts, "title": self.worded_title or self.title}
