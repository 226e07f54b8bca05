from steppingup.accounts.roles import Permission


class MentoringPermission(Permission):
    RUN_MENTORING = "run_mentoring", "Keep mentors and match them"
