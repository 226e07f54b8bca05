"""The table of access: the succession pool, which the equality lead keeps."""

from tests.sweeps.access_models import model
from tests.sweeps.profiles import EQUALITY, OURS, OWN_ENROLMENT, hidden
from tests.sweeps.rows import Row, of

KEEP_IT = hidden(EQUALITY, OURS)
ADMIN_OF_THE_POOL = [
    *model("representation_post", of.pool_post, view=EQUALITY, change=EQUALITY),
    Row("admin:representation_post_step", KEEP_IT, {"object_id": of.pool_post, "name": "ask_into_pool"}),
    *model("representation_poolentry", of.pool_entry, view=EQUALITY),
    Row("admin:representation_poolentry_step", KEEP_IT, {"object_id": of.pool_entry, "name": "review_readiness"}),
    *model("representation_postviewer", of.pool_viewer, view=EQUALITY),
    Row("admin:representation_postviewer_step", KEEP_IT, {"object_id": of.pool_viewer, "name": "end_viewer"}),
]
IN_THE_POOL = [
    Row("representation:pool", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row(
        "representation:pool_step",
        OWN_ENROLMENT,
        {"pk": of.enrolment, "entry": of.pool_entry, "name": "seen"},
    ),
]
