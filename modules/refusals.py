"""Why steps of qualifications and talks are refused (steppingup.history.refusals)."""

from steppingup.history.refusals import Always, always, by_rules

always(Always.STATE, "achieved", "did_not_speak", "not_there", "passed")
always(Always.ONCE, "another", "chosen", "registered", "same_file")
always(Always.BELONGS, "not_due", "not_own")
always(Always.KEPT, "written_about")
always(Always.DAYS, "elsewhere")
always(Always.THERE, "no_address", "none_to_come")
by_rules("cohorts.Partner.organisation", "not_a_partner")
by_rules("modules.Course.is_offered", "not_offered")
by_rules("modules.Qualification.credits", "dead_end", "incomplete")
by_rules("modules.Qualification.is_offered", "not_offered")
by_rules("modules.Qualification.least_weekly_hours", "not_beside")
by_rules("modules.Qualification.most_courses", "too_many")
by_rules("modules.Qualification.most_pages", "none_asked_for", "not_a_pdf", "pages")
