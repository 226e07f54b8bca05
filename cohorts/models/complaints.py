"""Complaints about how a provider uses somebody's personal data: acknowledged within 30 days, looked into, and answered, as the Data (Use
and Access) Act 2025 asks since 19 June 2026."""

from datetime import date, timedelta
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from cohorts.models.concerns import new_reference
from cohorts.permissions import CohortPermission
from cohorts.states.complaints import COMPLAINT, ComplaintKind, ComplaintStatus
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField

#: The law gives so long for saying that it has arrived, from the day on which it did.
DAYS_TO_ACKNOWLEDGE = timedelta(days=30)
LONGEST = 20_000


class DataComplaintQuerySet(ScopedQuerySet["DataComplaint"]):
    def to_acknowledge(self) -> Self:
        return self.filter(status=ComplaintStatus.RECEIVED)

    def to_answer(self) -> Self:
        return self.filter(status=ComplaintStatus.ACKNOWLEDGED)

    def for_steps(self) -> Self:
        return self.select_related("provider", "entered_by")


@pghistory.track()
class DataComplaint(models.Model):
    """What somebody complains about, who they are, and what came of it. Whoever wrote it here was sent an acknowledgement at once; of
    one that came by letter or by telephone staff say when it was acknowledged."""

    retention = "As the provider says: 24 months after it was answered are proposed."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("number", max_length=8, unique=True, default=new_reference, editable=False)
    status = models.CharField(max_length=20, choices=ComplaintStatus, default=ComplaintStatus.RECEIVED, editable=False)
    kind = models.CharField("about", max_length=10, choices=ComplaintKind)
    text = models.TextField("what happened", max_length=LONGEST)
    wish = models.TextField("what they wish for", max_length=LONGEST, blank=True)
    name = NameField("from", max_length=150)
    email = AddressField("email address", blank=True)
    contact = NameField("how else to reach them", max_length=300, blank=True)
    received_on = models.DateField("received", default=clock.today)
    entered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    acknowledged_on = models.DateField("acknowledged", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("answered", null=True, blank=True, editable=False)
    outcome = models.TextField("what came of it", max_length=LONGEST, blank=True, editable=False)

    visibility = Scope(see=CohortPermission.EDIT_PROGRAMMES, provider="provider", whole=True)
    objects = DataComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "complaint about data"
        verbose_name_plural = "complaints about data"
        ordering = ("-received_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ComplaintStatus.RECEIVED, acknowledged_on=None)
                | (~Q(status=ComplaintStatus.RECEIVED) & Q(acknowledged_on__gte=F("received_on"))),
                name="complaint_acknowledged_dated",
            ),
            models.CheckConstraint(
                condition=Q(status=ComplaintStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=ComplaintStatus.CLOSED) & Q(closed_at=None)),
                name="complaint_closed_dated",
            ),
        ]
        triggers = [*COMPLAINT.triggers()]

    def __str__(self) -> str:
        return f"Complaint {self.reference}"

    @property
    def acknowledge_by(self) -> date:
        """The last day on which the law lets it be acknowledged."""
        received: date = self.received_on
        return received + DAYS_TO_ACKNOWLEDGE

    @property
    def is_late(self) -> bool:
        """Was it, or is it, acknowledged too late?"""
        at = self.acknowledged_on or localdate(clock.now())
        return at > self.acknowledge_by


class DataComplaintNote(ScopedModel):
    """What was done about a complaint. Never changed."""

    retention = "With the complaint about data."

    complaint = models.ForeignKey(DataComplaint, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=LONGEST)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="complaint")

    class Meta:
        verbose_name = "note on a complaint about data"
        verbose_name_plural = "notes on complaints about data"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"Note on {self.complaint}"
