from steppingup.accounts.roles import Permission


class ApplicationPermission(Permission):
    SEE_APPLICATIONS = "see_applications", "See applications with names and decisions"
    SCORE_APPLICATIONS = "score_applications", "Score the applications assigned to them, blind"
    SEE_EQUALITY = "see_equality", "See anonymous equality figures"
