"""Why a cohort's steps are refused (steppingup.history.refusals)."""

from steppingup.history.refusals import Always, always, by_rules

always(
    Always.ONCE,
    "all_recorded",
    "complete",
    "enrolled_already",
    "met",
    "posted_already",
    "signed",
    "waived",
    "paused",
    "done_already",
    "not_waived",
    "shared",
    "not_shared",
    "hidden",
    "in_directory",
    "asked_already",
    "offered_already",
    "none_failed",
    "locked",
    "placed",
    "placements_published",
    "answered",
    "stopped",
    "not_stopped",
    "died",
    "lost",
    "opened",
    "not_closed",
    "not_agreed",
)
always(
    Always.SAID,
    "file",
    "no_days",
    "quarters",
    "hours",
    "what",
    "which_part",
    "same_part",
    "unknown_mark",
    "wrong_code",
    "empty_plan",
    "works_alone",
    "no_way",
    "emptied",
    "field",
    "no_reader",
    "no_confidant",
    "nobody_ticked",
    "too_long",
    "too_many_files",
    "who",
    "alone",
    "not_yours",
)
always(Always.THERE, "unsupported")
always(Always.TIME, "called_off", "before_start", "before_signing", "cancelled", "asked_lately")
always(Always.ONESELF, "own_manager")
always(Always.KEPT, "days", "days_done", "staff", "worked", "register_taken", "people_wait", "named", "no_such_part")
always(Always.THERE, "nobody_to_write_to")
always(Always.BELONGS, "other_group", "group", "joint_guest", "other_plan", "not_on_that_day", "strangers")
always(Always.DAYS, "day_full", "guest_busy", "more_than_a_day", "overlap", "session", "two_places")
always(Always.QUICKER, "text_changed")
always(
    Always.THERE,
    "no_host",
    "no_guests",
    "none_open",
    "no_supervisor",
    "none_waiting",
    "none_proposed",
    "not_this_one",
    "no_manager",
    "nobody_to_remind",
    "nothing_to_share",
    "no_successor",
    "nobody_there",
    "not_on_it",
    "not_paused",
    "not_stuck",
    "not_told",
    "not_theirs",
    "not_missed",
    "missed_nothing",
    "not_done",
    "not_to_invite",
)
# Of the board of openings.
always(Always.ONCE, "handed_on")
always(Always.STATE, "taken_off")
# Of development plans.
always(Always.ONCE, "reached", "confirmed")
always(Always.SAID, "no_theme", "no_owner", "too_many_actions", "number")
always(Always.THERE, "not_reached")
by_rules("cohorts.Programme.session_notice", "short_notice")
# Of peer groups.
always(Always.ONCE, "proposed_already", "groups_made")
always(Always.SAID, "no_such_group", "themselves", "too_far")
always(Always.QUICKER, "joined_since", "changed_meanwhile")
always(Always.THERE, "none_chosen", "no_session")
always(Always.ONESELF, "own_words")
always(Always.PRIVACY, "released")
by_rules("cohorts.Aim.text", "asks_nobody")
by_rules("cohorts.Barrier.text", "asks_nobody")
by_rules("cohorts.Plan.after_days", "asked_another_time", "still_asked")
by_rules("cohorts.Plan.before_days", "asked_another_time")
by_rules("cohorts.Plan.scale", "not_on_the_scale")
always(Always.THERE, "not_hidden", "not_in_directory", "not_seen", "not_to_ask", "nothing_shared")
by_rules("cohorts.AgreementTemplate.needed", "unsigned")
by_rules("cohorts.Cohort.capacity", "no_place")
by_rules("cohorts.Cohort.fee", "fee")
by_rules("cohorts.CompletionRule.minimum", "not_met", "no_rule")
by_rules("cohorts.Component.counterpart", "host", "mentor", "same_organisation")
by_rules("cohorts.Component.most", "too_many")
by_rules("cohorts.Component.recording", "no_assignment", "no_log", "no_such_assignment", "no_such_log")
by_rules("cohorts.Session.nights", "asks_nothing")
by_rules("cohorts.Programme.reach", "reach", "host", "mentor", "same_organisation")
by_rules("cohorts.Session.open_to_managers", "not_open")
by_rules("cohorts.Programme.directory", "no_directory")
by_rules("cohorts.Programme.directory_letters", "too_many_letters")
by_rules("cohorts.DirectoryEntry.takes_messages", "no_messages")
by_rules("cohorts.Choosing.most", "too_many")
by_rules("cohorts.Choosing.closes_on", "choosing_closed")
# Of steps up that an employer may confirm.
always(Always.THERE, "nothing_to_confirm", "nobody_confirms")
