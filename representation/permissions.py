from steppingup.accounts.roles import Permission


class RepresentationPermission(Permission):
    KEEP_PLAN = "keep_plan", "Keep the action plan: who has taken on what, and how far it has come"
