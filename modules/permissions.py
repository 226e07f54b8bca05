from steppingup.accounts.roles import Permission


class QualificationPermission(Permission):
    RUN_QUALIFICATIONS = "run_qualifications", "Keep courses, registrations and results"
