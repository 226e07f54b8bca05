"""Somebody at the employer who may confirm that a graduate stepped up, where the graduate wishes it (B58)."""

from datetime import date, timedelta
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from cohorts.models.destinations import Destination, DestinationAnswer, after
from cohorts.states import EnrolmentStatus
from cohorts.states.confirmations import ASKED, NO_ANSWER, SHORT, Confirmed
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField

#: So many days they have to answer; the link works as long.
DAYS_TO_ANSWER = 60
LONGEST = 500


class StepConfirmationQuerySet(ScopedQuerySet["StepConfirmation"]):
    def standing(self) -> Self:
        """Of answers that were not replaced, and not withdrawn."""
        return self.filter(withdrawn_at=None, answer__replaced_at=None)

    def unanswered(self) -> Self:
        """Those who have said nothing, of graduates who would still be written to."""
        graduates = {
            "answer__destination__enrolment__status": EnrolmentStatus.COMPLETED,
            "answer__destination__enrolment__participant__is_active": True,
        }
        return self.standing().filter(answered_at=None, **graduates)

    def for_steps(self) -> Self:
        of = "answer__destination__enrolment"
        return self.select_related(f"{of}__participant", f"{of}__cohort__programme__provider")


@pghistory.track()
class StepConfirmation(models.Model):
    """A graduate let us ask somebody at their employer whether they stepped up. It belongs to one answer: once that is replaced, or the
    graduate withdraws the question, it counts no more and its link does not work. They see the step, the job title, and nothing else."""

    retention = "With the enrolment: 6 years after the cohort ends. The link works for 60 days, or until the graduate withdraws the question."

    answer = models.ForeignKey(DestinationAnswer, on_delete=models.CASCADE, related_name="confirmations")
    name = NameField(max_length=150)
    email = AddressField("email address")
    asked_at = models.DateTimeField("asked", default=clock.now, editable=False)
    said = models.CharField("what they said", max_length=10, choices=Confirmed, blank=True, editable=False)
    words = models.TextField("in their words", max_length=LONGEST, blank=True, editable=False)
    answered_at = models.DateTimeField("answered", null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField("withdrawn", null=True, blank=True, editable=False)

    visibility = Scope(through="answer")
    objects = StepConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = "confirmation by an employer"
        verbose_name_plural = "confirmations by employers"
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["answer"],
                condition=Q(withdrawn_at=None),
                name="step_confirmation_once",
                violation_error_message="Somebody has been asked already.",
            ),
            models.CheckConstraint(
                condition=Q(said="", answered_at=None) | (~Q(said="") & Q(answered_at__isnull=False)),
                name="step_confirmation_answer_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def destination(self) -> Destination:
        return self.answer.destination

    @property
    def counts(self) -> bool:
        """Does it belong to what the graduate says now? Whether it was answered is another thing."""
        return self.withdrawn_at is None and self.answer.replaced_at is None

    @property
    def moment(self) -> str:
        """“after 6 months”"""
        return after(self.answer.destination.months)

    @property
    def until(self) -> date:
        """The last day on which the link works."""
        return localdate(self.asked_at) + timedelta(days=DAYS_TO_ANSWER)

    @property
    def is_open(self) -> bool:
        """Can it be answered, and put right?"""
        enrolment = self.answer.destination.enrolment
        if enrolment.status != EnrolmentStatus.COMPLETED or not enrolment.participant.is_active:
            return False
        return self.counts and clock.today() <= self.until

    @property
    def how_it_stands(self) -> str:
        """“Confirmed”, “Not confirmed”, “Could not say”, “Asked”, or “Asked, no answer” once nobody can answer any more."""
        if self.said:
            return SHORT[Confirmed(self.said)]
        return ASKED if self.counts and clock.today() <= self.until else NO_ANSWER

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return self.answer.destination.message_facts
