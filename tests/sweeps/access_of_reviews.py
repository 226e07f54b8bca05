"""The table of access: three-way reviews in the admin."""

from tests.sweeps.access_admin import RUN_IT, model
from tests.sweeps.profiles import COORDINATORS, OUR_COHORT
from tests.sweeps.rows import Row, of

REVIEWS = [
    *model("cohorts_threewayreview", of.looking_back, view=COORDINATORS, within=OUR_COHORT),
    Row("admin:cohorts_threewayreview_step", RUN_IT, {"object_id": of.looking_back, "name": "change_review"}),
]
