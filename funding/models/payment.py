"""Payments as they came in, what each was set against, and what is written off or refunded. Entries are only ever added."""

from decimal import Decimal

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q, Sum

from funding.models.invoice import Invoice
from funding.states import ADJUSTMENT, AdjustmentKind, AdjustmentStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.english import day_date, pounds
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import append_only, frozen

#: Checked when the transaction ends: a payment and what it was set against are written one after the other.
ALLOCATED = """
    IF (SELECT amount FROM funding_payment WHERE id = {payment})
       <> (SELECT coalesce(sum(amount), 0) FROM funding_allocation WHERE payment_id = {payment}) THEN
        RAISE EXCEPTION 'A payment is set against invoices in full.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


def _allocated(payment: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="allocated_in_full",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=ALLOCATED.format(payment=payment),
    )


class Payment(ScopedModel):
    """Pounds that came in, for `invoice` and perhaps others; reversed by an entry with the opposite sign."""

    retention = "7 years, as accounts."

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    on = models.DateField()
    reference = NameField(max_length=100, blank=True)
    reason = NameField(max_length=300, blank=True, help_text="Why it was reversed.")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    # One to one: a payment is taken back once.
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")

    visibility = Scope(through="invoice")

    class Meta:
        ordering = ("on", "pk")
        constraints = [
            # Money leaves an invoice only by the entry that takes a payment back.
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses=None) | Q(amount__lt=0, reverses__isnull=False),
                name="payment_negative_only_in_reverse",
            )
        ]
        triggers = [*append_only(), _allocated("NEW.id")]

    def __str__(self) -> str:
        return f"{pounds(self.amount)} on {day_date(self.on)}"


class AllocationQuerySet(ScopedQuerySet["Allocation"]):
    def by_payment(self, invoice: Invoice) -> list[tuple[int, Decimal]]:
        """Which payments the money of an invoice is of, with pounds, the latest first."""
        rows = (
            self.filter(invoice=invoice, payment__reverses=None, payment__reversed_by=None).order_by().values("payment")
        )
        found = rows.annotate(total=Sum("amount")).filter(total__gt=0).order_by("-payment")
        return [(row["payment"], row["total"]) for row in found]


class Allocation(models.Model):
    """Pounds of a payment that were set against an invoice; below nothing where they were taken from it again."""

    retention = "7 years, as accounts."

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    reason = NameField(max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="invoice")
    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="allocation_not_zero")]
        triggers = [*append_only(), _allocated("NEW.payment_id")]

    def __str__(self) -> str:
        return f"{pounds(self.amount)} for {self.invoice}"


UNDECIDED = [AdjustmentStatus.PROPOSED, AdjustmentStatus.WITHDRAWN]
OWING = """(
    (SELECT amount FROM funding_invoice WHERE id = NEW.invoice_id)
    - (SELECT coalesce(sum(amount), 0) FROM funding_creditnote WHERE invoice_id = NEW.invoice_id)
    - (SELECT coalesce(sum(amount), 0) FROM funding_allocation WHERE invoice_id = NEW.invoice_id)
    - (SELECT coalesce(sum(CASE kind WHEN 'refund' THEN -amount ELSE amount END), 0) FROM funding_adjustment
       WHERE invoice_id = NEW.invoice_id AND status = 'confirmed' AND id <> NEW.id))"""


class AdjustmentQuerySet(ScopedQuerySet["Adjustment"]):
    def waiting(self) -> "AdjustmentQuerySet":
        return self.filter(status=AdjustmentStatus.PROPOSED)

    def for_steps(self) -> "AdjustmentQuerySet":
        place = "invoice__agreement"
        related = (f"{place}__person", f"{place}__employer", f"{place}__cohort__programme__provider")
        return self.select_related("invoice__series", *related, "proposed_by", "decided_by")


@pghistory.track()
class Adjustment(models.Model):
    """Pounds of an invoice that are written off, or paid back: proposed by one person, confirmed by another."""

    retention = "7 years, as accounts."

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="adjustments")
    kind = models.CharField(max_length=10, choices=AdjustmentKind)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    reason = models.TextField()
    status = models.CharField(
        max_length=12, choices=AdjustmentStatus, default=AdjustmentStatus.PROPOSED, editable=False
    )
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision_reason = models.TextField(blank=True)
    on = models.DateField("paid back on", null=True, blank=True)
    reference = NameField(max_length=100, blank=True)

    visibility = Scope(through="invoice")
    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = "write-off or refund"
        verbose_name_plural = "write-offs and refunds"
        ordering = ("-proposed_at",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(reason=""), name="adjustment_amount_and_reason"),
            models.CheckConstraint(
                condition=Q(status__in=UNDECIDED, decided_at=None, decided_by=None)
                | (~Q(status__in=UNDECIDED) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="adjustment_decision_paired",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="adjustment_second_person"),
            models.CheckConstraint(
                condition=~Q(status=AdjustmentStatus.CONFIRMED, kind=AdjustmentKind.REFUND) | Q(on__isnull=False),
                name="refund_dated",
            ),
            models.UniqueConstraint(
                fields=["invoice", "kind"], condition=Q(status="proposed"), name="one_open_proposal"
            ),
        ]
        triggers = [
            *ADJUSTMENT.triggers(),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            frozen("invoice", "kind", "amount", "reason", "proposed_by", "proposed_at"),
            frozen(
                *("decided_by", "decided_at", "on", "reference"),
                once=pgtrigger.Q(old__decided_at__isnull=False),
                name="frozen_once_decided",
            ),
            # The last word: no more is written off than is owed, no more is paid back than was paid too much.
            pgtrigger.Trigger(
                name="within_what_is_owed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__status="confirmed", old__status="proposed"),
                func=f"""
                    PERFORM 1 FROM funding_invoice WHERE id = NEW.invoice_id FOR UPDATE;
                    IF (NEW.kind = 'write_off' AND NEW.amount > {OWING})
                       OR (NEW.kind = 'refund' AND NEW.amount > -{OWING}) THEN
                        RAISE EXCEPTION 'That is more than is there.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {pounds(self.amount)}, invoice {self.invoice}"
