"""Pairs of mentor and participant, the runs that proposed them, and their sessions."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort, Enrolment
from mentoring.models.mentor import Mentor
from mentoring.states import PAIR, USES_CAPACITY, Mode, PairStatus
from steppingup.accounts.models import User
from steppingup.audit.guards import other_organisation


class MatchRun(models.Model):
    """One calculation of an optimal assignment for a cohort."""

    retention = "With its pairs."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="match_runs")
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    unmatched = models.JSONField(default=list, help_text="Participants without a mentor, each with the reason.")

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"Matching of {self.cohort}"


@pghistory.track()
class Pair(models.Model):
    """A mentor and a participant, from different organisations: enforced here and by the matcher (B13)."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="mentoring_pairs")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="pairs")
    run = models.ForeignKey(MatchRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="pairs")
    status = models.CharField(max_length=20, choices=PairStatus, default=PairStatus.PROPOSED, editable=False)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why these two, in a sentence.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    end_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("enrolment__participant__full_name",)
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(status__in=USES_CAPACITY), name="one_mentor_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="pair_confirmation_paired",
            ),
        ]
        triggers = [
            *PAIR.triggers(),
            other_organisation(
                "mentor_is_from_another_organisation",
                "SELECT organisation_id FROM mentoring_mentor WHERE id = NEW.mentor_id",
                "SELECT employer_id FROM cohorts_enrolment WHERE id = NEW.enrolment_id",
                "The mentor must be from another organisation.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor.user} and {self.enrolment.participant}"


class MentoringSession(models.Model):
    """A meeting of a pair, in minutes; recording it posts days to the ledger (B14)."""

    retention = "With the enrolment: 6 years after the cohort ends. Holds no notes of what was said."

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="sessions")
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=20, choices=Mode)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=600), name="mentoring_session_minutes")
        ]

    def __str__(self) -> str:
        return f"{self.minutes} minutes on {self.on}"
