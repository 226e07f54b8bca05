"""Who sees reports on assignments on the desk."""

from tests.sweeps.access_admin import COORDINATORS, OUR_COHORT, RUN_IT, model
from tests.sweeps.rows import Row, of

REPORTS = [
    *model("cohorts_placementreport", of.host_report, view=COORDINATORS, within=OUR_COHORT),
    Row("admin:cohorts_placementreport_step", RUN_IT, {"object_id": of.host_report, "name": "write_for_host"}),
]
