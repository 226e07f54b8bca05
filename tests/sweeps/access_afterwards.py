"""The table of access: pages of staff about what comes after a programme, and the steps there."""

from tests.sweeps.access_models import model
from tests.sweeps.profiles import COORDINATORS, OUR_COHORT, hidden
from tests.sweeps.rows import Row, of

RUN_IT = hidden(COORDINATORS, OUR_COHORT)
AFTER_IT = [
    *model("cohorts_destination", of.destination, view=COORDINATORS, within=OUR_COHORT),
    Row("admin:cohorts_cohort_destinations", RUN_IT, {"pk": of.running}),
    Row("admin:cohorts_destination_step", RUN_IT, {"object_id": of.destination, "name": "stop"}),
]
