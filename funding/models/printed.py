"""What invoices and credit notes have in common: what is printed on them, fixed when they are issued."""

from decimal import Decimal

from django.db import models

from funding.models.series import InvoiceSeries
from funding.rules import VatTreatment
from steppingup.accounts.models import User
from steppingup.formats.fields import NameField

#: Columns that never change once a document is issued.
PRINTED = (
    *("series", "year", "number", "amount", "bill_to", "bill_from", "description", "purchase_order", "issued_on"),
    *("vat_treatment", "vat_rate", "vat_amount", "vat_number", "vat_words"),
)


class Printed(models.Model):
    """A numbered document over `amount` pounds, VAT included."""

    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, related_name="%(class)ss")
    year = NameField(max_length=9, blank=True, help_text="Empty for numbers from before they went by year.")
    number = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    bill_to = models.TextField()
    bill_from = models.TextField(blank=True)
    description = NameField(max_length=300)
    purchase_order = NameField("purchase order number", max_length=60, blank=True)
    issued_on = models.DateField()
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    vat_treatment = models.CharField("VAT", max_length=10, choices=VatTreatment, blank=True)
    vat_rate = models.DecimalField("VAT rate, per cent", max_digits=4, decimal_places=2, null=True, blank=True)
    vat_amount = models.DecimalField("VAT in pounds", max_digits=9, decimal_places=2, default=0)
    vat_number = NameField("VAT number", max_length=20, blank=True)
    vat_words = NameField("sentence about VAT", max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    @property
    def prefix(self) -> str:
        return self.series.prefix

    @property
    def reference(self) -> str:
        """“SU-2026-27-00017”; “SU-00017” for those from before numbers went by year."""
        return f"{self.prefix}{self.year}{'-' if self.year else ''}{self.number:05d}"

    @property
    def vat_percent(self) -> str:
        """“20%”, “17.5%”; nothing where the amount includes none."""
        return "" if self.vat_rate is None else f"{self.vat_rate.normalize():f}%"

    @property
    def net(self) -> Decimal:
        """Pounds without VAT."""
        return self.amount - self.vat_amount
