"""The table of access: the board of openings, and what development plans are about."""

from tests.sweeps.access_models import model
from tests.sweeps.profiles import COORDINATORS, EQUALITY, OUR_COHORT, OURS, OWN_ENROLMENT, everyone, hidden, staff
from tests.sweeps.rows import Row, of
from tests.sweeps.visits import AWAY

ADMIN_OF_OPENINGS = [
    *model("cohorts_openinginvitation", of.opening_asked, view=COORDINATORS),
    Row(
        "admin:cohorts_openinginvitation_step",
        hidden(COORDINATORS, OURS),
        {"object_id": of.opening_asked, "name": "send_opening_link"},
    ),
    Row("admin:cohorts_graduateoffer_got", staff(COORDINATORS)),
    Row("admin:cohorts_cohort_plan_needs", hidden(COORDINATORS, OUR_COHORT), {"pk": of.running}),
    Row("admin:representation_actionplan_needs", hidden(EQUALITY)),
]
ON_THE_BOARD = [
    Row("cohorts:graduate_offer_before", everyone(AWAY), {"pk": of.enrolment, "offer": of.opening}),
    Row("cohorts:openings", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row("cohorts:graduate_offer", OWN_ENROLMENT, {"pk": of.enrolment, "offer": of.opening}),
]
OPENINGS_BY_LINK = (
    ("cohorts:offer_openings", of.openings_token, {}),
    ("cohorts:opening_change", of.openings_token, {"pk": of.opening_offered}),
    ("cohorts:opening_take_back", of.openings_token, {"pk": of.opening_offered}),
    ("cohorts:stop_openings", of.stop_token, {}),
)
