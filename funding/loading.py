"""What a programme's file says about money: funds and bursary pots, fee terms, the invoice numbers."""

from typing import Any

from cohorts.loading import Keeper
from cohorts.models import Programme
from funding.models import FeeTerms, FundingSource, InvoiceSeries
from funding.terms import DEFAULT_INVOICED_WHEN, default_text
from steppingup.accounts.models import Organisation


def load_money(programme: Programme, data: dict[str, Any], keep: Keeper) -> None:
    """[[funds]] with the slugs of their `employers`, [fee_terms] and [invoices].

    Raises DoesNotExist when a fund names an employer that is not there."""
    for fund in data.get("funds", []):
        values = {name: fund[name] for name in ("name", "route", "budget", "description", "is_open") if name in fund}
        known = FundingSource.objects.filter(programme=programme, key=fund["key"]).exists()
        row = keep.row(FundingSource, {"programme": programme, "key": fund["key"]}, values)
        # Whose staff a fund pays for is a coordinator's to change once it is there.
        if not known or keep.update:
            row.employers.set([Organisation.objects.get(slug=slug) for slug in fund.get("employers", [])])
    terms = {"text": default_text(), "invoiced_when": DEFAULT_INVOICED_WHEN, **data.get("fee_terms", {})}
    keep.row(FeeTerms, {"programme": programme}, terms)
    if invoices := data.get("invoices"):
        keep.row(InvoiceSeries, {"provider": programme.provider}, dict(invoices))
