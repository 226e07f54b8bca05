from steppingup.accounts.roles import Permission


class RepresentationPermission(Permission):
    KEEP_PLAN = "keep_plan", "Keep the action plan: who has taken on what, and how far it has come"
    KEEP_POOL = (
        "keep_pool",
        "Keep the succession pool: who agreed to be thought of for which post, and how ready they are",
    )
