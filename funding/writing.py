"""What a programme's file says about money: its funds, and the terms that sponsors agree to."""

from collections.abc import Sequence

from cohorts.models import Cohort, Programme
from cohorts.programme_files.writing import Tables, keyed, plain, said
from funding.models import FeeTerms, FundingSource


def write_money(of: Programme, cohorts: Sequence[Cohort], data: Tables) -> None:
    """Add [[funds]], [fee_terms] and those of each cohort. How invoices are numbered is the provider's own."""
    funds = FundingSource.objects.filter(programme=of).prefetch_related("employers").order_by("pk")
    data["funds"] = [_fund(fund) for fund in funds]
    terms = FeeTerms.objects.filter(programme=of).select_related("fund")
    by_cohort = {one.cohort_id: _terms(one) for one in terms}
    if None in by_cohort:
        data["fee_terms"] = by_cohort[None]
    for cohort, table in zip(cohorts, data["cohorts"], strict=True):
        if cohort.pk in by_cohort:
            table["fee_terms"] = by_cohort[cohort.pk]


def _fund(fund: FundingSource) -> Tables:
    employers = sorted(one.slug for one in fund.employers.all())
    whose = {"employers": employers} if employers else {}
    return {**keyed(fund), "budget": plain(fund.budget), **whose}


def _terms(terms: FeeTerms) -> Tables:
    """What the payer is always said: a cohort’s own terms may name the usual one where its programme’s do not."""
    fund = {"fund": terms.fund.key} if terms.fund else {}
    return {**said(terms), "payer": terms.payer, "after_leaving": terms.after_leaving, **fund}
