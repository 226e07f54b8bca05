"""A request for a bursary, and the decision about it (B38)."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import F, Q

from funding.models.agreement import FeeAgreement
from funding.models.source import FundingSource
from funding.states import BURSARY, BursaryStatus, Outcome
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.english import pounds

OPEN = [BursaryStatus.REQUESTED, BursaryStatus.PROPOSED]


class BursaryQuerySet(ScopedQuerySet["BursaryRequest"]):
    def waiting(self) -> Self:
        return self.filter(status=BursaryStatus.REQUESTED)

    def proposed(self) -> Self:
        """A decision was proposed, and waits for a second person."""
        return self.filter(status=BursaryStatus.PROPOSED)

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def for_steps(self) -> Self:
        related = ("agreement__person", "agreement__employer", "agreement__cohort__programme__provider")
        return self.select_related(*related, "agreement__cohort__plan", "source", "proposed_by")


UNDECIDED = [*OPEN, BursaryStatus.WITHDRAWN]


@pghistory.track()
class BursaryRequest(models.Model):
    """An employer asks for a bursary; two finance officers decide, one after the other, with a reason (B38)."""

    retention = "7 years after the cohort ends, as accounts."

    agreement = models.ForeignKey(FeeAgreement, on_delete=models.PROTECT, related_name="bursary_requests")
    reason = models.TextField()
    status = models.CharField(max_length=20, choices=BursaryStatus, default=BursaryStatus.REQUESTED, editable=False)
    requested_at = models.DateTimeField(default=clock.now, editable=False)
    source = models.ForeignKey(FundingSource, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    amount = models.DecimalField("pounds granted", max_digits=9, decimal_places=2, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decision_reason = models.TextField(blank=True)
    proposed_outcome = models.CharField("proposed", max_length=10, choices=Outcome, blank=True, editable=False)
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)
    proposed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    visibility = Scope(through="agreement")
    objects = BursaryQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at",)
        constraints = [
            # After an answer the sponsor may ask again.
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(status__in=OPEN), name="one_open_bursary_request"
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNDECIDED, decided_at=None, decided_by=None)
                | (
                    ~Q(status__in=UNDECIDED)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decision_reason="")
                ),
                name="bursary_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status=BursaryStatus.GRANTED) | Q(amount__gt=0, source__isnull=False),
                name="granted_bursary_has_amount",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="bursary_second_person"),
            models.CheckConstraint(
                condition=Q(proposed_at=None, proposed_by=None, proposed_outcome="")
                | (Q(proposed_at__isnull=False, proposed_by__isnull=False) & ~Q(proposed_outcome="")),
                name="bursary_proposal_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status=BursaryStatus.PROPOSED) | Q(proposed_by__isnull=False) & ~Q(decision_reason=""),
                name="proposed_bursary_has_person_and_reason",
            ),
        ]
        triggers = BURSARY.triggers()

    def __str__(self) -> str:
        return f"Bursary for {self.agreement.person}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the request say of it: the reason is the decision's, and the sponsor's before there is one."""
        reason = self.decision_reason if self.decided_at else self.reason
        return {**self.agreement.message_facts, "bursary": pounds(self.amount), "reason": reason}
