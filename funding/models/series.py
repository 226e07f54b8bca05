"""The numbers of a provider's invoices and credit notes, without gaps, and what stands on both."""

from decimal import Decimal

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from funding.permissions import MoneyPermission
from funding.rules import VAT_SENTENCES, NumberYear, VatTreatment
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import frozen


@pghistory.track()
class InvoiceSeries(ScopedModel):
    """The numbers of one provider. The row is locked while a number is taken, so there is never a gap."""

    retention = "Holds no personal data; 7 years, as accounts."

    provider = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="invoice_series")
    prefix = NameField(max_length=10, help_text="Every invoice number begins with it: “SU-” makes SU-2026-27-00001.")
    credit_prefix = NameField(
        "prefix of credit notes", max_length=10, default="CN-", help_text="Credit notes have numbers of their own."
    )
    years = models.CharField(
        "numbers begin again each",
        max_length=10,
        choices=NumberYear,
        default=NumberYear.FINANCIAL,
        help_text="Numbers that were given before stay as they are.",
    )
    last_number = models.PositiveIntegerField(
        "numbers given", default=0, editable=False, help_text="Of invoices and credit notes, in all years."
    )
    payment_days = models.PositiveSmallIntegerField(default=30, help_text="Days from issue until payment is due.")
    bill_from = models.TextField(
        blank=True,
        help_text="Name and address; an empty line; then how to pay: account, sort code, who to ask.",
    )
    vat_treatment = models.CharField(
        "VAT",
        max_length=10,
        choices=VatTreatment,
        blank=True,
        help_text="Ask your accountant. Without it no invoice can be issued. It holds for what is issued from now on.",
    )
    vat_rate = models.DecimalField(
        "standard rate, per cent",
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Only for the standard rate. Fees include it: £1,200 at 20% is £1,000 and £200 VAT.",
    )
    vat_number = NameField("VAT number", max_length=20, blank=True, help_text="Needed for the standard rate.")
    vat_words = NameField(
        "sentence about VAT",
        max_length=300,
        blank=True,
        help_text="Printed on invoices and credit notes. Left empty, we print our own sentence for what you chose.",
    )

    visibility = Scope(see=MoneyPermission.SEE_MONEY, provider="provider")

    class Meta:
        verbose_name = "invoice numbers"
        verbose_name_plural = "invoice numbers"
        constraints = [
            models.CheckConstraint(
                condition=~Q(vat_treatment=VatTreatment.STANDARD) | (Q(vat_rate__gt=0) & ~Q(vat_number="")),
                name="standard_rate_has_rate_and_number",
                violation_error_message="For the standard rate, enter the rate and your VAT number.",
            ),
        ]
        triggers = [
            # The prefix is part of every number that was issued, and a number is never used twice.
            frozen(
                *("prefix", "credit_prefix", "provider"),
                once=pgtrigger.Q(old__last_number__gt=0),
                name="frozen_once_used",
            ),
            pgtrigger.Protect(
                name="counts_upwards",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__last_number__lt=pgtrigger.F("old__last_number")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} of {self.provider}"

    def clean(self) -> None:
        if self.prefix == self.credit_prefix:
            raise ValidationError({"credit_prefix": "Credit notes need another prefix than invoices."})
        if self.vat_rate is not None and not 0 < self.vat_rate < 100:
            raise ValidationError({"vat_rate": "Enter a rate above 0 and below 100, such as 20."})

    @property
    def vat_sentence(self) -> str:
        """The provider's own words, or ours for the treatment that was chosen."""
        return self.vat_words or (VAT_SENTENCES[VatTreatment(self.vat_treatment)] if self.vat_treatment else "")

    @property
    def rate(self) -> Decimal | None:
        """Per cent of VAT, where the fee includes any."""
        return self.vat_rate if self.vat_treatment == VatTreatment.STANDARD else None


class NumberRun(ScopedModel):
    """How far the numbers of one kind have come in one year. Its series is locked while it counts."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoices"
        CREDIT_NOTE = "credit_note", "Credit notes"

    retention = "Holds no personal data; 7 years, as accounts."

    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=12, choices=Kind)
    year = NameField(max_length=9)
    last_number = models.PositiveIntegerField(default=0)

    visibility = Scope(through="series")

    class Meta:
        ordering = ("-year", "kind")
        constraints = [models.UniqueConstraint(fields=["series", "kind", "year"], name="number_run_once")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="counts_by_one",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(new__last_number=pgtrigger.F("old__last_number") + 1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.year}"
