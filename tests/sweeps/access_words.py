"""Who sees complaints about data."""

from tests.sweeps.access_admin import COORDINATORS, OUR_COHORT, hidden, model
from tests.sweeps.profiles import PUBLIC
from tests.sweeps.rows import Row, of

COMPLAINTS = [
    *(Row(f"cohorts:{name}", PUBLIC, {"slug": of.provider.slug}) for name in ("complaint", "complaint_sent")),
    *model("cohorts_datacomplaint", of.complaint, view=COORDINATORS, within=OUR_COHORT),
    Row(
        "admin:cohorts_datacomplaint_step",
        hidden(COORDINATORS, OUR_COHORT),
        {"object_id": of.complaint, "name": "note_complaint"},
    ),
]
