"""Who pays for a place, and a request for a bursary (B36 to B38)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort, Enrolment
from funding.models.source import FundingSource
from funding.states import AGREEMENT, BURSARY, AgreementStatus, BursaryStatus, Route
from steppingup.accounts.models import Organisation, User
from steppingup.audit.lifecycle import frozen


@pghistory.track()
class FeeAgreement(models.Model):
    """Who agreed to pay what for one person's place on a cohort. The fee (pounds) is fixed when it is signed.

    It begins with the application and is attached to the enrolment when the place is accepted."""

    retention = "7 years after the cohort ends, as accounts."

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="fee_agreements")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="fee_agreements")
    employer = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="fee_agreements"
    )
    employer_name = models.CharField(max_length=200, blank=True)
    enrolment = models.OneToOneField(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="fee_agreement"
    )
    status = models.CharField(max_length=20, choices=AgreementStatus, default=AgreementStatus.DRAFT, editable=False)
    route = models.CharField(max_length=20, choices=Route, default=Route.EMPLOYER)
    source = models.ForeignKey(
        FundingSource, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements"
    )
    sponsor_name = models.CharField(max_length=150, blank=True)
    sponsor_email = models.EmailField(blank=True)
    sponsor_job_title = models.CharField(max_length=150, blank=True)
    amount = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, editable=False, help_text="Pounds, fixed when agreed."
    )
    purchase_order = models.CharField("purchase order number", max_length=60, blank=True)
    billing_address = models.TextField(blank=True)
    terms = models.TextField(blank=True, editable=False, help_text="What the sponsor read when agreeing.")
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = models.CharField(max_length=150, blank=True, editable=False)
    decline_reason = models.TextField(blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "cohort"], name="fee_agreement_once"),
            models.CheckConstraint(
                condition=~Q(status=AgreementStatus.AGREED) | Q(amount__isnull=False, answered_at__isnull=False),
                name="agreed_fee_has_amount_and_date",
            ),
        ]
        triggers = [
            *AGREEMENT.triggers(),
            frozen(
                "amount",
                "terms",
                "route",
                "source",
                "sponsor_email",
                "answered_at",
                "answered_by",
                once=pgtrigger.Q(old__status=AgreementStatus.AGREED),
                name="frozen_once_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"Fee of {self.person} for {self.cohort}"

    @property
    def message_scopes(self) -> tuple[models.Model, ...]:
        return self.cohort.message_scopes


@pghistory.track()
class BursaryRequest(models.Model):
    """An employer asks for a bursary; a finance officer decides, with a reason (B38)."""

    retention = "7 years after the cohort ends, as accounts."

    agreement = models.ForeignKey(FeeAgreement, on_delete=models.PROTECT, related_name="bursary_requests")
    reason = models.TextField()
    status = models.CharField(max_length=20, choices=BursaryStatus, default=BursaryStatus.REQUESTED, editable=False)
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    source = models.ForeignKey(FundingSource, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    amount = models.DecimalField("pounds granted", max_digits=9, decimal_places=2, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decision_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-requested_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(status="requested"), name="one_open_bursary_request"
            ),
            models.CheckConstraint(
                condition=Q(status=BursaryStatus.REQUESTED, decided_at=None, decided_by=None)
                | (
                    ~Q(status=BursaryStatus.REQUESTED)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decision_reason="")
                ),
                name="bursary_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status=BursaryStatus.GRANTED) | Q(amount__gt=0, source__isnull=False),
                name="granted_bursary_has_amount",
            ),
        ]
        triggers = BURSARY.triggers()

    def __str__(self) -> str:
        return f"Bursary for {self.agreement.person}"
