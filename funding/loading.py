"""What a programme's file says about money: funds and bursary pots, fee terms, the invoice numbers."""

from typing import Any

from cohorts.loading import Keeper
from cohorts.models import Cohort, Programme
from funding.models import FeeTerms, FundingSource, InvoiceSeries
from funding.models.terms import SAID
from funding.rules import AfterLeaving, OwedOf, Payer
from funding.terms import DEFAULT_INVOICED_WHEN, default_text
from steppingup.accounts.models import Organisation


def load_money(programme: Programme, data: dict[str, Any], keep: Keeper) -> None:
    """[[funds]] with the slugs of their `employers`, [fee_terms], those of a cohort under its table, and [invoices].

    Raises DoesNotExist when a fund names an employer that is not there, or terms a fund; ValueError for a payer that is not known."""
    for fund in data.get("funds", []):
        values = {name: fund[name] for name in ("name", "route", "budget", "description", "is_open") if name in fund}
        known = FundingSource.objects.filter(programme=programme, key=fund["key"]).exists()
        row = keep.row(FundingSource, {"programme": programme, "key": fund["key"]}, values)
        # Whose staff a fund pays for is a coordinator's to change once it is there.
        if not known or keep.update:
            row.employers.set([Organisation.objects.get(slug=slug) for slug in fund.get("employers", [])])
    usual = {"text": default_text(), "invoiced_when": DEFAULT_INVOICED_WHEN, **data.get("fee_terms", {})}
    keep.row(FeeTerms, {"programme": programme, "cohort": None}, _terms(programme, usual))
    for cohort in data.get("cohorts", []):
        if "fee_terms" in cohort:
            own = Cohort.objects.get(programme=programme, slug=cohort["slug"])
            keep.row(FeeTerms, {"programme": programme, "cohort": own}, _terms(programme, usual | cohort["fee_terms"]))
    if invoices := data.get("invoices"):
        keep.row(InvoiceSeries, {"provider": programme.provider}, dict(invoices))


def _terms(programme: Programme, said: dict[str, Any]) -> dict[str, Any]:
    """What the file says of terms, with the fund that it names by key."""
    values = {name: said[name] for name in SAID if name in said}
    if "payer" in said:
        values["payer"] = Payer(said["payer"])
    if "after_leaving" in said:
        values["after_leaving"] = AfterLeaving(said["after_leaving"])
    if "owed_of" in said:
        values["owed_of"] = OwedOf(said["owed_of"])
    if "fund" in said:
        values["fund"] = FundingSource.objects.get(programme=programme, key=said["fund"])
    return values
