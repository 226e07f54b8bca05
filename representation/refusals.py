"""Why steps of representation are refused (steppingup.history.refusals)."""

from steppingup.history.refusals import Always, always

always(Always.SAID, "below_itself", "columns", "no_lead", "no_rows", "no_words", "one_of_two", "one_unit")
always(
    Always.BELONGS,
    "not_in_council",
    "not_this_paper",
    "not_this_provider",
    "other_figures",
    "not_this_plan",
    "not_this_scheme",
    "other_unit",
)
always(Always.ONCE, "all_divided", "lead_already", "lead_ended", "taken_over", "tied_already")
always(Always.KEPT, "corrected")
always(Always.PRIVACY, "nothing_fits")
always(Always.STATE, "review_closed", "review_open", "target_over", "unit_ended")
always(Always.THERE, "no_figures", "no_items", "no_steps", "no_teams", "nobody_to_ask", "none_tied", "nothing_below")

# The succession pool.
always(Always.SAID, "no_successor_named", "panel", "review_too_early", "review_too_late")
always(Always.ONCE, "in_pool_already", "viewer_already", "viewer_ended")
always(Always.STATE, "not_in_pool")
always(Always.THERE, "nothing_to_show", "nobody_for_post")

# An item that comes again.
always(Always.ONCE, "next_begun")
always(Always.STATE, "not_achieved", "not_yearly")
always(Always.THERE, "no_gate")

# Papers for a committee.
always(Always.SAID, "which_of_it")
always(Always.ONCE, "nothing_newer", "public_already", "stands_there")
always(Always.STATE, "not_issued", "paper_issued")
always(Always.THERE, "no_parts")

# What employers have committed themselves to.
always(Always.ONCE, "kept_already")
always(Always.STATE, "not_listed", "not_approved", "no_pledge")
always(Always.THERE, "not_answered")

# Did it work?
always(Always.PRIVACY, "outcomes_too_soon", "too_few_graduates")

# Tools that participants have taken.
always(Always.ONCE, "on_record", "written_already")
