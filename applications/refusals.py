"""Why steps of an application are refused (steppingup.history.refusals)."""

from steppingup.history.refusals import Always, always, by_rules

always(Always.STATE, "nobody_asked", "not_helped", "nobody_waits", "submitted", "used")
always(Always.STATE, "asked_at_line", "not_asked_at_line", "to_decide")
always(Always.THERE, "no_line", "nobody_near")
always(Always.KEPT, "line_kept")
always(Always.SAID, "no_criterion", "not_a_number", "scores_missing", "too_long", "wrong")
always(Always.ONESELF, "applies", "assessor_of_employer", "own")
always(Always.THERE, "no_window", "employer", "no_employer", "not_public", "no_reference", "no_graduate")
by_rules("cohorts.NextProgramme.to", "not_next")
always(Always.TRUE, "untrue")
always(Always.PRIVACY, "published", "too_few", "too_near")
by_rules("applications.EligibilityQuestion.if_no", "not_for_them", "to_look_at", "unanswered")
by_rules("applications.FormPart.is_required", "incomplete", "not_asked_for")
by_rules("applications.FormPart.kind", "fee_not_asked")
by_rules("applications.NominationRequest.places", "too_many")
by_rules("applications.Window.closes_at", "after_close")
by_rules("applications.Window.max_score", "score_out_of_range")
by_rules("applications.Window.opens_at", "not_opened")
by_rules("applications.StandingRule.fee_by", "employers_fee", "own_fee")
by_rules("applications.StandingRule.standing", "standing")
by_rules("cohorts.Cohort.fee", "fee_open")
by_rules("cohorts.Programme.reach", "not_impartial")
by_rules("cohorts.RuleSet.closes_when_full", "full")
by_rules(
    "cohorts.RuleSet.selection", "no_interview", "not_by_merit", "not_by_nomination", "not_nominated", "number_before"
)
