"""Who sees complaints about data."""

from tests.sweeps.access_admin import COORDINATORS, KEEP_IT, model
from tests.sweeps.profiles import PUBLIC
from tests.sweeps.rows import Row, of

COMPLAINTS = [
    *(Row(f"cohorts:{name}", PUBLIC, {"slug": of.provider.slug}) for name in ("complaint", "complaint_sent")),
    *model("cohorts_datacomplaint", of.complaint, view=COORDINATORS),
    Row("admin:cohorts_datacomplaint_step", KEEP_IT, {"object_id": of.complaint, "name": "note_complaint"}),
]
