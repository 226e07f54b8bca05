"""The table of access: pages of steps, each of which whoever runs the cohort takes."""

from tests.sweeps.profiles import COORDINATORS, OUR_COHORT, OURS, hidden
from tests.sweeps.rows import Row, of

RUN_IT = hidden(COORDINATORS, OUR_COHORT)
STEPS = [
    Row("admin:cohorts_occasion_step", RUN_IT, {"object_id": of.occasion, "name": "cancel"}),
    Row("admin:modules_speaker_step", hidden(COORDINATORS, OURS), {"object_id": of.speaker, "name": "ask_whether"}),
    *(
        Row(f"admin:cohorts_occasion_{page}", RUN_IT, {"pk": of.ceremony})
        for page in ("ceremony", "booklet", "day_sheet")
    ),
    Row("admin:cohorts_booking_step", RUN_IT, {"object_id": of.booking, "name": "cancel"}),
    Row("admin:cohorts_choosing_step", RUN_IT, {"object_id": of.choosing, "name": "publish"}),
    Row("admin:cohorts_placementproposal_step", RUN_IT, {"object_id": of.placement_proposal, "name": "lock"}),
    Row("admin:cohorts_opportunity_step", RUN_IT, {"object_id": of.opportunity, "name": "open_it"}),
    Row("admin:cohorts_opportunityinvitation_step", RUN_IT, {"object_id": of.offering, "name": "send_link"}),
]
