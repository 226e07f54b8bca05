"""Where graduates are at the end of a programme and in the years after it (B58): when they are asked, and what they say."""

from typing import Any, Self

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cohorts.models.enrolment import Enrolment
from cohorts.models.programme import Programme
from cohorts.states import EnrolmentStatus
from cohorts.states.confirmations import NOT_ASKED
from cohorts.states.destinations import OF_THEM, OF_YOU, SHORT, STEPS_UP, Move
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import NameField

MOST_MONTHS = 120


def after(months: int) -> str:
    """“at the end”, “after 6 months”."""
    return f"after {english.counted(months, 'month')}" if months else "at the end"


@pghistory.track()
class DestinationMoment(ScopedModel):
    """How long after the end a programme asks its graduates where they are."""

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="destination_moments")
    months = models.PositiveSmallIntegerField(
        "months after somebody completed",
        validators=[MaxValueValidator(MOST_MONTHS)],
        help_text="0 asks on the day after.",
    )

    visibility = Scope(through="programme")

    class Meta:
        verbose_name = "moment at which graduates are asked"
        verbose_name_plural = "where are they now: when graduates are asked"
        ordering = ("months",)
        constraints = [models.UniqueConstraint(fields=["programme", "months"], name="destination_moment_once")]

    def __str__(self) -> str:
        words = after(self.months)
        return f"{words[:1].upper()}{words[1:]}"


class DestinationQuerySet(ScopedQuerySet["Destination"]):
    def answered(self) -> Self:
        return self.filter(Exists(DestinationAnswer.objects.filter(destination=OuterRef("pk"), replaced_at=None)))

    def unanswered(self) -> Self:
        """Of those who would still be written to about it: who answers nothing is a non-answer in every figure."""
        there = DestinationAnswer.objects.filter(destination=OuterRef("pk"), replaced_at=None)
        return self.filter(~Exists(there), stopped_at=None).of_graduates()

    def of_graduates(self) -> Self:
        return self.filter(enrolment__status=EnrolmentStatus.COMPLETED, enrolment__participant__is_active=True)

    def for_steps(self) -> Self:
        return self.select_related("enrolment__participant", "enrolment__cohort__programme__provider")


@pghistory.track()
class Destination(models.Model):
    """A graduate was asked, for one moment, where they are. Each moment is asked about once, whatever happens to its row."""

    retention = (
        "With the enrolment: 6 years after the cohort ends. The link works for 60 days, or until a newer one is sent."
    )

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="destinations")
    months = models.PositiveSmallIntegerField("months after the end")
    due_on = models.DateField("due")
    asked_at = models.DateTimeField("asked", default=clock.now, editable=False)
    # They do not want to be asked again, about this moment or a later one.
    stopped_at = models.DateTimeField("asked not to be asked again", null=True, blank=True, editable=False)

    visibility = Scope(through="enrolment")
    objects = DestinationQuerySet.as_manager()

    class Meta:
        ordering = ("-due_on", "-pk")
        constraints = [models.UniqueConstraint(fields=["enrolment", "months"], name="destination_asked_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}, {after(self.months)}"

    @property
    def answer(self) -> "DestinationAnswer | None":
        """What stands. Rows of a list bring their answers along (`answers`)."""
        return next((one for one in self.answers.all() if one.replaced_at is None), None)

    @property
    def how_it_stands(self) -> str:
        if self.answer:
            return "Answered"
        return "Does not want to be asked" if self.stopped_at else "No answer"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {**self.enrolment.message_facts, "moment": after(self.months)}


@pghistory.track()
class DestinationAnswer(ScopedModel):
    """What a graduate said, or what staff were told by telephone. Answered again, the row before is replaced and kept: an answer is a
    fact with its date."""

    retention = "With the enrolment: 6 years after the cohort ends."

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="answers")
    moves = models.JSONField("where they are")  # of `Move`
    job_title = NameField(max_length=150, blank=True)
    words = models.TextField("in their words", blank=True)
    said_on = models.DateField("said on")
    given_at = models.DateTimeField("kept", default=clock.now, editable=False)
    entered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    replaced_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(through="destination")

    class Meta:
        verbose_name = "answer of a graduate"
        verbose_name_plural = "answers of graduates"
        ordering = ("-given_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["destination"],
                condition=Q(replaced_at=None),
                name="destination_answer_stands_once",
                violation_error_message="They have answered this already. Enter it on the page of the graduate.",
            ),
            models.CheckConstraint(
                condition=~Q(moves=[]),
                name="destination_answer_says_something",
                violation_error_message="Tick at least one answer.",
            ),
        ]
        triggers = [
            # Only that it was replaced is ever added; who entered it may be emptied with the account.
            pgtrigger.Protect(
                name="answer_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("destination", "moves", "job_title", "words", "said_on", "given_at"),
            )
        ]

    def __str__(self) -> str:
        return english.listed(SHORT[Move(one)].lower() for one in self.moves)

    @property
    def in_words(self) -> str:
        """“Promoted and another sector”."""
        words = str(self)
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def in_your_words(self) -> str:
        """“You were promoted and work for another employer”, said to the graduate."""
        return f"You {english.listed(OF_YOU[Move(one)] for one in self.moves)}"

    @property
    def steps(self) -> str:
        """“was promoted and has a new grade or band”; empty where it says of no step up."""
        return english.listed(OF_THEM[move] for move in STEPS_UP if move in self.moves)

    @property
    def steps_of_you(self) -> str:
        """“were promoted and have a new grade or band”, said to the graduate."""
        return english.listed(OF_YOU[move] for move in STEPS_UP if move in self.moves)

    @property
    def confirmation(self) -> Any:
        """Whoever was asked to confirm it, unless this was withdrawn. Rows of a list bring theirs along (`confirmations`)."""
        return next((one for one in self.confirmations.all() if one.withdrawn_at is None), None)

    @property
    def confirmed_in_words(self) -> str:
        """“Confirmed”, “Not asked” …; empty where there is no step up to confirm."""
        if not self.steps:
            return ""
        return self.confirmation.how_it_stands if self.confirmation else NOT_ASKED
