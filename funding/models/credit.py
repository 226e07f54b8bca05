"""Credit notes: the whole of an invoice, or a part, taken back with a reason. Frozen, with numbers of their own."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q

from funding.models.invoice import Invoice
from funding.models.printed import PRINTED, Printed
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.english import pounds
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import frozen


class CreditNoteQuerySet(ScopedQuerySet["CreditNote"]):
    def for_steps(self) -> "CreditNoteQuerySet":
        place = "invoice__agreement"
        related = (f"{place}__person", f"{place}__employer", f"{place}__cohort__programme__provider", "issued_by")
        return self.select_related("series", "invoice__series", *related)


class CreditNote(Printed):
    """Pounds of an invoice that need not be paid, VAT included."""

    retention = "7 years, as accounts."

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    reason = NameField(max_length=500)

    visibility = Scope(through="invoice")
    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_on", "-number")
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "number"], name="credit_note_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(reason=""), name="credit_note_amount_and_reason"),
            models.CheckConstraint(condition=Q(vat_amount__gte=0, vat_amount__lte=F("amount")), name="credit_note_vat"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            frozen(*PRINTED, "invoice", "reason", "issued_by"),
            # The last word, should two credit notes pass each other by.
            pgtrigger.Trigger(
                name="never_more_than_invoiced",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM 1 FROM funding_invoice WHERE id = NEW.invoice_id FOR UPDATE;
                    IF NEW.amount
                       + (SELECT coalesce(sum(amount), 0) FROM funding_creditnote WHERE invoice_id = NEW.invoice_id)
                       + (SELECT coalesce(sum(amount), 0) FROM funding_adjustment WHERE invoice_id = NEW.invoice_id
                          AND kind = 'write_off' AND status = 'confirmed')
                       > (SELECT amount FROM funding_invoice WHERE id = NEW.invoice_id) THEN
                        RAISE EXCEPTION 'More would be credited than was invoiced.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def prefix(self) -> str:
        return self.series.credit_prefix

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the credit note say of it."""
        return {
            **self.invoice.message_facts,
            "credit_note": self.reference,
            "credited": pounds(self.amount),
            "reason": self.reason,
            "outstanding": pounds(self.invoice.outstanding),
        }
