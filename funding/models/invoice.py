"""Invoices, frozen once they are issued, and the sums that say what of each is owed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from funding.models.agreement import NO_ORDER_NUMBER, NOTHING, POUNDS, FeeAgreement
from funding.models.printed import PRINTED, Printed
from funding.states import INVOICE, SETTLED, UNDECIDED, AdjustmentKind, AdjustmentStatus, CaseStatus, InvoiceStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.english import day_date, pounds
from steppingup.history.lifecycle import frozen
from steppingup.messaging.models import ReminderSent

#: How the description of an invoice ends when a bursary pays a part of the fee.
LESS_A_BURSARY = ", less a bursary"
#: The reminder after which a person is asked to act.
LAST_REMINDER = "funding.invoice_overdue_third"
CONFIRMED = {"status": AdjustmentStatus.CONFIRMED}
#: What an invoice's sums are of: the relation, and which of its rows count.
SUMS: dict[str, tuple[str, dict[str, Any]]] = {
    "credited": ("credit_notes", {}),
    "written_off": ("adjustments", {"kind": AdjustmentKind.WRITE_OFF, **CONFIRMED}),
    "received": ("allocations", {}),
    "refunded": ("adjustments", {"kind": AdjustmentKind.REFUND, **CONFIRMED}),
}


class InvoiceQuerySet(ScopedQuerySet["Invoice"]):
    def with_sums(self) -> Self:
        """Adds `sum_credited`, `sum_written_off`, `sum_received`, `sum_refunded` and `owing`: what is left of the invoice in
        pounds, below nothing where more was paid than was owed."""
        sums = {}
        for name, (relation, counted) in SUMS.items():
            rows = self.model._meta.get_field(relation).related_model._default_manager  # type: ignore[union-attr]
            found = rows.filter(invoice=OuterRef("pk"), **counted).order_by().values("invoice")
            total = found.annotate(total=Sum("amount")).values("total")
            sums[f"sum_{name}"] = Coalesce(Subquery(total, output_field=POUNDS), NOTHING)
        owing = F("amount") - F("sum_credited") - F("sum_written_off") - F("sum_received") + F("sum_refunded")
        return self.annotate(**sums).annotate(owing=owing)

    def unpaid(self) -> Self:
        """Not wholly paid, and still owed: the place has not ended, or the fee is owed although it has."""
        return self.filter(status=InvoiceStatus.ISSUED, agreement__status__in=SETTLED)

    def standing(self) -> Self:
        """All but those that were credited in whole."""
        return self.exclude(status=InvoiceStatus.CREDITED)

    def not_owed(self) -> Self:
        """Of places that have ended, and for which nothing is owed: they are to be credited, and nobody is reminded."""
        return self.standing().exclude(agreement__status__in=SETTLED).exclude(status=InvoiceStatus.WRITTEN_OFF)

    def overpaid(self) -> Self:
        """More was paid than is owed: to be returned, or set against another invoice."""
        return self.with_sums().filter(owing__lt=0)

    def to_refund(self) -> Self:
        """Overpaid, and nobody has proposed to pay it back yet."""
        proposed = {"adjustments__kind": AdjustmentKind.REFUND, "adjustments__status": AdjustmentStatus.PROPOSED}
        return self.overpaid().exclude(pk__in=self.model._default_manager.filter(**proposed).values("pk"))

    def overdue(self, today: date | None = None) -> Self:
        """Due before today, and not wholly paid."""
        return self.unpaid().filter(due_on__lt=today or clock.today())

    def chased(self, start: date, end: date) -> Self:
        """Those whose payers are reminded: due on one of these days, still owed, and nobody has said to stop."""
        waits = {"agreement__still_owed": True, "agreement__liability_cases__status__in": UNDECIDED}
        undecided = self.model._default_manager.filter(**waits).values("pk")
        return self.unpaid().filter(due_on__range=(start, end), quiet_since=None).exclude(pk__in=undecided)

    def to_credit(self) -> Self:
        """No longer owed, or over more than is owed since the participant has left."""
        left = {"agreement__still_owed": True, "agreement__liability_cases__status": CaseStatus.OWED}
        above = self.standing().with_sums().filter(**left)
        above = above.filter(amount__gt=F("agreement__owed") + F("sum_credited") + F("sum_written_off"))
        return self.filter(Q(pk__in=self.not_owed().values("pk")) | Q(pk__in=above.values("pk")))

    def reminded_of(self, kind: str, before: datetime | None = None) -> Self:
        """Of which such a reminder was sent, before this moment."""
        sent = ReminderSent.objects.filter(
            rule__kind=kind,
            object_id=OuterRef("pk"),
            content_type__app_label="funding",
            content_type__model="invoice",
            created_at__lte=before or clock.now(),
        )
        return self.filter(Exists(sent))

    def silent(self) -> Self:
        """All reminders went out, and it is still owed: somebody should ring them."""
        return self.unpaid().filter(quiet_since=None).reminded_of(LAST_REMINDER)

    def of_payer(self, invoice: "Invoice") -> Self:
        """Of the same provider to the same employer, or to the same person who pays themselves, this one included."""
        place = invoice.agreement
        if place.self_paid:
            return self.filter(agreement__self_paid=True, agreement__person=place.person_id, series=invoice.series_id)
        who = (
            Q(agreement__employer=place.employer_id)
            if place.employer_id
            else Q(agreement__employer=None, agreement__employer_name__same_organisation=place.employer_name)
        )
        return self.filter(who, agreement__self_paid=False, series=invoice.series_id)

    def for_steps(self) -> Self:
        related = ("agreement__person", "agreement__employer", "agreement__cohort__programme__provider")
        return self.select_related("series", *related, "agreement__cohort__plan").prefetch_related(
            "agreement__cohort__plan__components"
        )


@pghistory.track()
class Invoice(Printed):
    """An issued invoice, in pounds. Frozen by the database; corrections are credit notes.

    What is owed is always: amount − credited − written off − received + refunded."""

    retention = "7 years, as accounts."

    agreement = models.ForeignKey(FeeAgreement, on_delete=models.PROTECT, related_name="invoices")
    status = models.CharField(max_length=20, choices=InvoiceStatus, default=InvoiceStatus.ISSUED, editable=False)
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True, editable=False)
    quiet_since = models.DateTimeField(
        "reminders stopped", null=True, blank=True, editable=False, help_text="Nobody is reminded from then on."
    )
    quiet_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name="reminders stopped by",
    )
    quiet_reason = models.TextField("why nobody is reminded", blank=True, editable=False)

    visibility = Scope(through="agreement")
    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_on", "-number")
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "number"], name="invoice_number_once"),
            # Another one can be issued once the first was credited in whole.
            models.UniqueConstraint(
                fields=["agreement"], condition=~Q(status=InvoiceStatus.CREDITED), name="one_standing_invoice"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_amount"),
            models.CheckConstraint(condition=Q(vat_amount__gte=0, vat_amount__lt=F("amount")), name="invoice_vat"),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="invoice_due_after_issue"),
            models.CheckConstraint(
                condition=Q(status=InvoiceStatus.PAID, paid_on__isnull=False)
                | (~Q(status=InvoiceStatus.PAID) & Q(paid_on=None)),
                name="invoice_payment_dated",
            ),
            models.CheckConstraint(
                condition=Q(quiet_since=None, quiet_by=None, quiet_reason="")
                | (Q(quiet_since__isnull=False, quiet_by__isnull=False) & ~Q(quiet_reason="")),
                name="invoice_quiet_has_person_and_reason",
            ),
        ]
        triggers = [
            *INVOICE.triggers(),
            # A number without its invoice would be a gap.
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            frozen(*PRINTED, "agreement", "due_on"),
        ]

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
        for name in SUMS:  # sums that a list worked out earlier
            self.__dict__.pop(f"sum_{name}", None)
        return self

    def _sum(self, name: str) -> Decimal:
        """Read from `with_sums()` where a list asked for it."""
        known = self.__dict__.get(f"sum_{name}")
        if known is not None:
            return known
        relation, counted = SUMS[name]
        return getattr(self, relation).filter(**counted).aggregate(total=Sum("amount"))["total"] or Decimal(0)

    @property
    def credited(self) -> Decimal:
        return self._sum("credited")

    @property
    def written_off(self) -> Decimal:
        return self._sum("written_off")

    @property
    def received(self) -> Decimal:
        """Pounds received for it, less what was reversed or set against another invoice."""
        return self._sum("received")

    @property
    def refunded(self) -> Decimal:
        return self._sum("refunded")

    @property
    def balance(self) -> Decimal:
        """Pounds that are owed; below nothing where more was paid than was owed."""
        return self.amount - self.credited - self.written_off - self.received + self.refunded

    @property
    def outstanding(self) -> Decimal:
        return max(self.balance, Decimal(0))

    @property
    def on_account(self) -> Decimal:
        """Pounds that were paid above what is owed, and are the payer's."""
        return max(-self.balance, Decimal(0))

    @property
    def creditable(self) -> Decimal:
        """Pounds that a credit note may still be over."""
        return self.amount - self.credited - self.written_off

    @property
    def is_owed(self) -> bool:
        """Has the place not ended, or is the fee owed although it has? As in `not_owed()`."""
        return self.agreement.is_settled

    @property
    def is_overdue(self) -> bool:
        return self.is_owed and self.status == InvoiceStatus.ISSUED and self.due_on < clock.today()

    @property
    def standing(self) -> str:
        """In a word or two: “Paid”, “Overdue”, “Part paid”, “Part credited”, “Issued”. Worked out, never stored."""
        if self.status in (InvoiceStatus.CREDITED, InvoiceStatus.WRITTEN_OFF):
            return self.get_status_display()
        if not self.is_owed:
            return "No longer owed"
        if self.status == InvoiceStatus.PAID:
            return "Paid"
        if self.is_overdue:
            return "Overdue"
        if self.received > 0:
            return "Part paid"
        return "Part credited" if self.credited else "Issued"
