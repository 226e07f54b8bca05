"""Who sees the pages of peer groups: those of its members, and those on which staff propose the groups."""

from tests.sweeps.access_admin import COORDINATORS, OUR_COHORT, RUN_IT, model
from tests.sweeps.profiles import OWN_ENROLMENT, everyone
from tests.sweeps.rows import Row, of

SHOWN = {"view": COORDINATORS, "within": OUR_COHORT}
POSTED = {"who": everyone(405), "may": ("participant",)}

IN_GROUPS = [
    *(
        Row(f"cohorts:peer_{name}", OWN_ENROLMENT, {"pk": of.enrolment})
        for name in ("group", "card", "write", "ask_when", "poll")
    ),
    *(
        Row(f"cohorts:peer_{name}", OWN_ENROLMENT, {"pk": of.enrolment, "paper": of.peer_paper})
        for name in ("paper", "change")
    ),
    Row("cohorts:peer_delete", given={"pk": of.enrolment, "paper": of.peer_paper}, **POSTED),
    Row("cohorts:peer_choose", OWN_ENROLMENT, {"pk": of.enrolment, "half_day": of.half_day}),
    Row("cohorts:peer_call_off", given={"pk": of.enrolment}, **POSTED),
    *model("cohorts_grouping", of.grouping, **SHOWN),
    *model("cohorts_groupproposal", of.group_proposal, **SHOWN),
    *model("cohorts_apart", of.apart, **SHOWN),
    *model("cohorts_peerpoll", of.chosen_poll, **SHOWN),
    Row("admin:cohorts_grouping_proposal", RUN_IT, {"pk": of.grouping}),
    Row("admin:cohorts_grouping_step", RUN_IT, {"object_id": of.grouping, "name": "make_groups"}),
    Row("admin:cohorts_groupproposal_step", RUN_IT, {"object_id": of.group_proposal, "name": "lock"}),
    Row("admin:cohorts_apart_step", RUN_IT, {"object_id": of.apart, "name": "let_together"}),
    Row("admin:cohorts_peerpoll_step", RUN_IT, {"object_id": of.chosen_poll, "name": "set_date"}),
    Row("admin:cohorts_cohort_glance", RUN_IT, {"pk": of.running}),
]
