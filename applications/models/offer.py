"""Interviews on the same criteria (B24), and offers."""

import pghistory
from django.db import models
from django.db.models import Q

from applications.models.application import Application
from applications.models.rules import Criterion
from applications.states import INTERVIEW, OFFER, InterviewStatus, OfferStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats import english
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import frozen
from steppingup.history.sequences import sequence_rises
from steppingup.messaging.addresses import address


@pghistory.track()
class Interview(ScopedModel):
    """An interview: when, where, with whom, and what came of it."""

    class Outcome(models.TextChoices):
        RECOMMEND = "recommend", "Recommended for a place"
        RESERVE = "reserve", "Recommended for the waiting list"
        NOT_NOW = "not_now", "Not recommended this time"

    retention = "With the application."

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="interviews")
    status = models.CharField(max_length=20, choices=InterviewStatus, default=InterviewStatus.ARRANGED, editable=False)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=45)
    place = NameField(max_length=200, help_text="A room and address, or a link for a video call.")
    panel = NameField(max_length=300, blank=True, help_text="Who will be there.")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    note = models.TextField(blank=True)
    total = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    # Counted by the database, for calendars of others.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    visibility = Scope(through="application")

    class Meta:
        ordering = ("starts_at",)
        constraints = [
            # One that is cancelled, or that nobody came to, makes room for another; one that was held does not.
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=(InterviewStatus.ARRANGED, InterviewStatus.HELD)),
                name="one_interview",
            ),
            models.CheckConstraint(
                condition=Q(status=InterviewStatus.HELD, recorded_at__isnull=False, recorded_by__isnull=False)
                | (~Q(status=InterviewStatus.HELD) & Q(recorded_at=None, recorded_by=None)),
                name="interview_outcome_paired",
            ),
        ]
        triggers = [
            *INTERVIEW.triggers(),
            sequence_rises("starts_at", "minutes", "place", "panel", "status = 'cancelled'"),
        ]

    def __str__(self) -> str:
        return f"Interview of {self.application.reference}"

    @property
    def message_facts(self) -> dict[str, str]:
        """When, where and with whom, for an email about it."""
        return {
            "when": english.when(self.starts_at),
            "minutes": str(self.minutes),
            "where": self.place,
            "panel": self.panel or "members of the programme team",
        }


class InterviewScore(ScopedModel):
    """The panel's score against one criterion."""

    retention = "With the application."

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)

    visibility = Scope(through="interview")

    class Meta:
        ordering = ("criterion__order", "pk")
        constraints = [models.UniqueConstraint(fields=["interview", "criterion"], name="interview_score_once")]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"


class InterviewCorrection(ScopedModel):
    """One thing that was recorded of an interview and corrected afterwards: as it was, as it is now, who and why."""

    class What(models.TextChoices):
        SCORE = "score", "Score"
        COMMENT = "comment", "Comment"
        OUTCOME = "outcome", "Recommendation"
        NOTE = "note", "Notes"

    retention = "With the application."

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="corrections")
    what = models.CharField(max_length=10, choices=What)
    criterion = models.ForeignKey(Criterion, null=True, on_delete=models.PROTECT, related_name="+")
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.TextField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    visibility = Scope(through="interview")

    class Meta:
        ordering = ("at", "pk")
        triggers = [
            frozen("interview", "what", "criterion", "before", "after", "reason", "at", name="corrected_as_it_was")
        ]

    def __str__(self) -> str:
        return f"{self.of}: was {self.said(self.before)}, corrected to {self.said(self.after)}"

    @property
    def of(self) -> str:
        """“Team working” for a score; “Team working, comment”; “Recommendation”."""
        if self.criterion is None:
            return str(self.get_what_display())
        return str(self.criterion) + ("" if self.what == self.What.SCORE else f", {self.get_what_display().lower()}")

    @staticmethod
    def said(value: str) -> str:
        return f"“{value}”" if value and not value.isdecimal() else value or "nothing"

    @property
    def in_words(self) -> str:
        """“Team working: was 3, corrected to 4 by Cora Okafor on 3 November 2026, 10:42am”."""
        return f"{self} by {self.by or 'the system'} on {english.when(self.at)}"


@pghistory.track()
class Offer(ScopedModel):
    """An offer of a place, open until `expires_at`."""

    retention = "With the application."

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="offers")
    status = models.CharField(max_length=20, choices=OfferStatus, default=OfferStatus.MADE, editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    decline_reason = models.TextField(blank=True, editable=False)

    visibility = Scope(through="application")

    class Meta:
        ordering = ("-made_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(status=OfferStatus.MADE), name="one_open_offer"
            ),
            models.CheckConstraint(
                condition=Q(status=OfferStatus.MADE, answered_at=None)
                | (~Q(status=OfferStatus.MADE) & Q(answered_at__isnull=False)),
                name="offer_answer_dated",
            ),
        ]
        triggers = OFFER.triggers()

    def __str__(self) -> str:
        return f"Offer to {self.application.applicant}"

    @property
    def last_day(self) -> str:
        """“Wednesday 12 February 2020”: the day at whose end the offer ends."""
        return english.weekday_date(self.expires_at)

    @property
    def message_facts(self) -> dict[str, str]:
        page = address("applications:offer", self.application_id)
        return {**self.application.message_facts, "link": page, "until": self.last_day}
