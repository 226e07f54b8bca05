"""What a programme's file says about money: funds and bursary pots, fee terms, the invoice numbers."""

from typing import Any

from cohorts.models import Cohort, Programme
from cohorts.programme_files.keeping import Keeper
from cohorts.programme_files.loading import chosen_from
from cohorts.programme_files.tables import Absent, Table
from funding.models import FeeTerms, FundingSource, InvoiceSeries
from funding.models.terms import SAID
from funding.permissions import MoneyPermission
from funding.rules import AfterLeaving, OwedOf, Payer
from funding.terms import DEFAULT_INVOICED_WHEN, default_text
from steppingup.formats.sameness import fold


def load_money(programme: Programme, data: Table, keep: Keeper) -> None:
    """[[funds]] with the slugs of their `employers`, [fee_terms], those of a cohort under its table, and [invoices]. What is
    in a fund, and how invoices are numbered, is set by whoever may."""
    for fund in data.get("funds", []):
        with keep.reading(fund):
            _load_fund(programme, fund, keep)
    given = data.get("fee_terms", Table({}, "fee_terms"))
    usual = Table({"text": default_text(), "invoiced_when": DEFAULT_INVOICED_WHEN, **given}, given.where)
    there = FeeTerms.objects.filter(programme=programme, cohort=None).exists()
    changes = keep.is_upload and keep.update  # then what the file does not say is left as it is
    if "fee_terms" in data or not (there or changes):
        with keep.reading(given):
            keep.row(FeeTerms, {"programme": programme, "cohort": None}, _terms(programme, given if there else usual))
    for cohort in data.get("cohorts", []):
        if "fee_terms" in cohort:
            own, said = Cohort.objects.get(programme=programme, slug=cohort["slug"]), cohort["fee_terms"]
            with keep.reading(said):
                terms = _terms(programme, Table({**usual, **said}, said.where))
                keep.row(FeeTerms, {"programme": programme, "cohort": own}, terms)
    if invoices := data.get("invoices"):
        with keep.reading(invoices):
            _load_invoices(programme, invoices, keep)


def _load_fund(programme: Programme, fund: Table, keep: Keeper) -> None:
    values = {name: fund[name] for name in ("name", "route", "budget", "description", "is_open") if name in fund}
    employers = fund.get("employers", [])
    there = FundingSource.objects.filter(programme=programme, key=fund["key"]).first()
    if not keep.may(MoneyPermission.DECIDE_MONEY, programme.provider):
        if there:
            return
        values["budget"] = 0
        keep.note(f"“{fund['name']}” begins with £0: a finance officer says how much is in it.")
    if there is None and keep.is_upload:
        values["name"] = _free_name(programme, str(fund["name"]))
    row = keep.row(FundingSource, {"programme": programme, "key": fund["key"]}, values)
    # Whose staff a fund pays for is a coordinator's to change once it is there.
    if there is None or keep.update:
        row.employers.set([found for slug in employers if (found := keep.organisation(slug))])


def _free_name(programme: Programme, name: str) -> str:
    """Funds of a provider have different names: “Bursaries” of another programme becomes “Bursaries, Rising”."""
    taken = {
        fold(one) for one in FundingSource.objects.filter(provider=programme.provider).values_list("name", flat=True)
    }
    longer = f"{name}, {programme.name}"[:120]
    return longer if fold(name) in taken else name


def _load_invoices(programme: Programme, invoices: Table, keep: Keeper) -> None:
    values = dict(invoices.items())
    if keep.is_upload:  # of a provider, whatever its programmes
        keep.note(
            "How invoices are numbered, and what stands on them, is the provider’s own and not taken from the file."
        )
        return
    keep.row(InvoiceSeries, {"provider": programme.provider}, values)


def _terms(programme: Programme, said: Table) -> dict[str, Any]:
    """What the file says of terms, with the fund that it names by key."""
    values = {name: said[name] for name in SAID if name in said}
    chosen: dict[str, Any] = {"payer": Payer, "after_leaving": AfterLeaving, "owed_of": OwedOf}
    values |= {name: chosen_from(choices, said, name) for name, choices in chosen.items() if name in said}
    if "fund" in said:
        values["fund"] = fund_named(programme, said, "fund")
    return values


def fund_named(programme: Programme, table: Table, name: str) -> FundingSource:
    """The fund that a table names by its key. Raises Absent where there is none."""
    found = FundingSource.objects.filter(programme=programme, key=table[name]).first()
    if found is None:
        raise Absent(table.said(f"“{name}” names “{table[name]}”, which is no fund of the file."))
    return found
