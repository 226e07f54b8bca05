"""Why money is not moved (steppingup.history.refusals)."""

from steppingup.history.refusals import Always, always, by_rules

always(Always.STATE, "not_asked", "not_quiet", "quiet", "taken_up", "waits")
always(Always.ONCE, "already", "issued")
always(
    Always.MONEY,
    "no_credit",
    "no_other",
    "no_payment",
    "not_owed",
    "not_settled",
    "part",
    "part_above",
    "part_paid",
    "parts",
)
always(Always.MONEY, "kind", "written_off", "promised")
always(Always.THERE, "no_series", "no_sponsor", "no_vat")
always(Always.KEPT, "agreed", "invoice")
always(Always.BELONGS, "other_place", "payer", "self_paid")
by_rules("funding.FeeTerms.after_leaving", "still_owed", "undecided")
by_rules("funding.FundingSource.budget", "too_little")
by_rules("funding.FundingSource.is_open", "no_fund", "no_pot")
by_rules("funding.FundingSource.programme", "other_fund")
by_rules("funding.FundingSource.route", "other_employer")
