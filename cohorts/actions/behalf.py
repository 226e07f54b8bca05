"""What participants could do themselves, and staff do for those who rang or wrote on paper."""

from cohorts.actions.placements import record_day
from cohorts.models import Placement
from cohorts.permissions import CohortPermission
from steppingup.steps.behalf import on_behalf

record_day_for_them = on_behalf(
    record_day,
    Placement,
    "Record a day for them",
    past="Day recorded for them",
    whose=lambda placement: placement.enrolment.participant,
    permission=CohortPermission.RUN_COHORTS,
    meaning="The day counts at once, as if they had recorded it themselves.",
)
