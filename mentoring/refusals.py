"""Why steps of mentoring are refused (steppingup.history.refusals)."""

from steppingup.history.refusals import Always, always, by_rules

always(Always.STATE, "not_confirmed")
always(Always.ONCE, "paired", "removed", "same_day", "same_mentor")
always(Always.SAID, "mode")
always(Always.KEPT, "sessions")
by_rules("cohorts.Component.counterpart", "not_this_mentor")
by_rules("cohorts.Programme.reach", "not_this_mentor")
by_rules("mentoring.Mentor.capacity", "capacity", "not_this_mentor")
