"""Invoices with numbers without gaps, and payments. Nothing here is ever edited."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from funding.models.agreement import NO_ORDER_NUMBER, NOTHING, FeeAgreement
from funding.permissions import MoneyPermission
from funding.states import INVOICE, SETTLED, InvoiceStatus
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.english import day_date, pounds
from steppingup.history.lifecycle import append_only, frozen

#: How the description of an invoice ends when a bursary pays a part of the fee.
LESS_A_BURSARY = ", less a bursary"


class InvoiceSeries(ScopedModel):
    """The numbers of one provider. The row is locked while a number is taken, so there is never a gap."""

    retention = "Holds no personal data; 7 years, as accounts."

    provider = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="invoice_series")
    prefix = models.CharField(max_length=10)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    payment_days = models.PositiveSmallIntegerField(default=30, help_text="Days from issue until payment is due.")
    bill_from = models.TextField(
        blank=True,
        help_text="Name, address and VAT number if there is one; an empty line; then how to pay: account, sort code, who to ask.",
    )

    visibility = Scope(see=MoneyPermission.SEE_MONEY, provider="provider")

    class Meta:
        verbose_name = "invoice numbers"
        verbose_name_plural = "invoice numbers"
        triggers = [
            # The prefix is part of every number that was issued, and a number is never used twice.
            frozen("prefix", "provider", once=pgtrigger.Q(old__last_number__gt=0), name="frozen_once_used"),
            pgtrigger.Protect(
                name="counts_upwards",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__last_number__lt=pgtrigger.F("old__last_number")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} of {self.provider}"


class InvoiceQuerySet(ScopedQuerySet["Invoice"]):
    def with_paid(self) -> Self:
        """Adds `paid`: pounds received, less what was taken back."""
        return self.annotate(paid=Coalesce(Sum("payments__amount"), NOTHING))

    def unpaid(self) -> Self:
        """Not wholly paid, and still owed: the place has not ended, or the fee is owed although it has."""
        return self.filter(status=InvoiceStatus.ISSUED, agreement__status__in=SETTLED)

    def not_owed(self) -> Self:
        """Of places that have ended, and for which nothing is owed: they are to be credited, and nobody is reminded."""
        return self.exclude(agreement__status__in=SETTLED)

    def overdue(self, today: date | None = None) -> Self:
        """Due before today, and not wholly paid."""
        return self.unpaid().filter(due_on__lt=today or timezone.localdate())

    def due_between(self, start: date, end: date) -> Self:
        return self.unpaid().filter(due_on__range=(start, end))

    def for_steps(self) -> Self:
        related = ("agreement__person", "agreement__employer", "agreement__cohort__programme__provider")
        return self.select_related("series", *related, "agreement__cohort__plan").prefetch_related(
            "agreement__cohort__plan__components"
        )


@pghistory.track()
class Invoice(models.Model):
    """An issued invoice, in pounds. Frozen by the database; corrections are credit notes."""

    retention = "7 years, as accounts."

    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, related_name="invoices")
    number = models.PositiveIntegerField()
    agreement = models.OneToOneField(FeeAgreement, on_delete=models.PROTECT, related_name="invoice")
    status = models.CharField(max_length=20, choices=InvoiceStatus, default=InvoiceStatus.ISSUED, editable=False)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    bill_to = models.TextField()
    bill_from = models.TextField(blank=True)
    description = models.CharField(max_length=300)
    purchase_order = models.CharField("purchase order number", max_length=60, blank=True)
    issued_on = models.DateField()
    due_on = models.DateField()
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    paid_on = models.DateField(null=True, blank=True, editable=False)

    visibility = Scope(through="agreement")
    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_on", "-number")
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_amount"),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="invoice_due_after_issue"),
            models.CheckConstraint(
                condition=Q(status=InvoiceStatus.PAID, paid_on__isnull=False)
                | Q(status=InvoiceStatus.ISSUED, paid_on=None),
                name="invoice_payment_dated",
            ),
        ]
        triggers = [
            *INVOICE.triggers(),
            # A number without its invoice would be a gap.
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            frozen(
                "series",
                "number",
                "agreement",
                "amount",
                "bill_to",
                "bill_from",
                "description",
                "purchase_order",
                "issued_on",
                "due_on",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"{self.series.prefix}{self.number:05d}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the invoice say of it."""
        return {
            **self.agreement.message_facts,
            "invoice": self.reference,
            "amount": pounds(self.amount),
            "due_on": day_date(self.due_on),
            "purchase_order": self.purchase_order or NO_ORDER_NUMBER,
        }

    def lock(self) -> Self:
        """Lock the row until the transaction ends, and bring the object up to date."""
        rows: Any = Invoice.objects.for_steps()
        self.refresh_from_db(from_queryset=rows.select_for_update(of=("self",)))
        self.__dict__.pop("paid", None)  # a sum that a list worked out earlier
        return self

    @property
    def received(self) -> Decimal:
        """Pounds received so far, less what was taken back. Read from `with_paid()` where a list asked for it."""
        if "paid" in self.__dict__:
            return self.__dict__["paid"]
        return self.payments.aggregate(total=Sum("amount"))["total"] or Decimal(0)

    @property
    def outstanding(self) -> Decimal:
        return self.amount - self.received

    @property
    def is_owed(self) -> bool:
        """Has the place not ended, or is the fee owed although it has? As in `not_owed()`."""
        return self.agreement.is_settled

    @property
    def is_overdue(self) -> bool:
        return self.is_owed and self.status == InvoiceStatus.ISSUED and self.due_on < timezone.localdate()

    @property
    def standing(self) -> str:
        """In a word: “Paid”, “Overdue”, “Part paid” or “Issued”. Worked out, never stored."""
        if not self.is_owed:
            return "No longer owed"
        if self.status == InvoiceStatus.PAID:
            return "Paid"
        if self.is_overdue:
            return "Overdue"
        return "Part paid" if self.received > 0 else "Issued"


class Payment(ScopedModel):
    """Pounds received for an invoice; taken back by an entry with the opposite sign."""

    retention = "7 years, as accounts."

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    on = models.DateField()
    reference = models.CharField(max_length=100, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
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
        triggers = append_only()

    def __str__(self) -> str:
        return f"{pounds(self.amount)} on {day_date(self.on)}"
