"""What staff may do with programmes and cohorts. `applications.roles` says who may."""

from steppingup.accounts.roles import Permission


class CohortPermission(Permission):
    EDIT_PROGRAMMES = "edit_programmes", "Change programmes and cohorts"
    RUN_COHORTS = "run_cohorts", "Run cohorts: sessions, attendance, placements, groups, certificates"
    # Here, and not in applications: the fee waits for whoever decides.
    DECIDE_APPLICATIONS = "decide_applications", "Assign assessors, shortlist, invite, offer and turn down"


class ConcernPermission(Permission):
    """By itself, so that no role has it because it has everything else of a cohort."""

    HEAR_CONCERNS = "hear_concerns", "Hear concerns about conduct, in confidence"
