"""The next number of an invoice or a credit note, without gaps."""

from datetime import date
from typing import Any

from django.db.models import F

from funding.models import FeeAgreement, InvoiceSeries, NumberRun
from funding.rules import vat_in, year_of
from steppingup.history.lifecycle import NotPossible


def _series_of(agreement: FeeAgreement) -> InvoiceSeries:
    """Locked until the transaction ends: whoever else wants a number waits. So there is never a gap."""
    series = InvoiceSeries.objects.select_for_update().filter(provider=agreement.provider).first()
    where = f"of {agreement.provider} under “Invoice numbers”"
    if series is None:
        raise NotPossible(f"First set up the invoice numbers and bank details {where}.", "no_series")
    if not series.vat_treatment:
        raise NotPossible(f"First say how VAT is treated in the invoices {where}.", "no_vat")
    return series


def next_number(agreement: FeeAgreement, kind: str, on: date) -> dict[str, Any]:
    """The columns `series`, `year` and `number` of a document that is issued on this day.

    Raises NotPossible where the provider has not set up numbers, or not said how VAT is treated."""
    series = _series_of(agreement)
    year = year_of(on, series.years)
    run, _ = NumberRun.objects.get_or_create(series=series, kind=kind, year=year)
    NumberRun.objects.filter(pk=run.pk).update(last_number=F("last_number") + 1)
    run.refresh_from_db()
    # Of all, and so what the prefix was used for is known.
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return {"series": series, "year": year, "number": run.last_number}


def vat_of(series: InvoiceSeries, amount: Any) -> dict[str, Any]:
    """The columns about VAT, as the provider has set them today: from now on they stand on this document."""
    return {
        "vat_treatment": series.vat_treatment,
        "vat_rate": series.rate,
        "vat_amount": vat_in(amount, series.rate),
        "vat_number": series.vat_number,
        "vat_words": series.vat_sentence,
    }
