"""Funds and pots of money, and what is committed from them (B37, B38)."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cohorts.models import Programme
from funding.states import Route
from steppingup.accounts.models import Organisation, User
from steppingup.audit.lifecycle import append_only


@pghistory.track()
class FundingSource(models.Model):
    """A fund that pays for places: an internal fund for the staff of some employers, or a bursary pot.

    `committed` (pounds) can never be more than `budget`: PostgreSQL refuses it, so a pot cannot go below zero."""

    retention = "Holds no personal data; 7 years, as accounts."

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="funding_sources")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    route = models.CharField(max_length=20, choices=[c for c in Route.choices if c[0] != Route.EMPLOYER])
    budget = models.DecimalField(max_digits=11, decimal_places=2, help_text="Pounds in the fund.")
    committed = models.DecimalField(max_digits=11, decimal_places=2, default=0, editable=False)
    employers = models.ManyToManyField(
        Organisation, blank=True, related_name="internal_funds", help_text="Whose staff it pays for, if it is internal."
    )
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="funding_source_once"),
            models.CheckConstraint(condition=Q(committed__gte=0), name="fund_committed_not_negative"),
            models.CheckConstraint(condition=Q(committed__lte=F("budget")), name="fund_never_below_zero"),
        ]

    def __str__(self) -> str:
        return self.name


class Commitment(models.Model):
    """Pounds committed from a fund to a fee agreement; released by an entry with the opposite sign."""

    retention = "7 years, as accounts."

    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="commitments")
    agreement = models.ForeignKey("funding.FeeAgreement", on_delete=models.PROTECT, related_name="commitments")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="commitment_not_zero")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"£{self.amount} from {self.source}"
