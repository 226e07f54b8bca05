"""Why steps of representation are refused (steppingup.history.refusals)."""

from steppingup.history.refusals import Always, always

always(Always.SAID, "no_lead", "no_rows", "no_words")
always(Always.BELONGS, "not_this_plan")
always(Always.ONCE, "lead_already", "lead_ended", "taken_over")
always(Always.STATE, "review_closed", "review_open")
always(Always.THERE, "no_items", "nobody_to_ask")
