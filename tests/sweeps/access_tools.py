"""The table of access: tools that participants have taken, on record with those who run the cohort."""

from tests.sweeps.access_models import model
from tests.sweeps.profiles import COORDINATORS, OUR_COHORT, OWN_ENROLMENT, hidden
from tests.sweeps.rows import Row, of

ADMIN_OF_TOOLS = [
    *model("representation_tooltaken", of.tool_taken, view=COORDINATORS, within=OUR_COHORT),
    Row(
        "admin:representation_tooltaken_step",
        hidden(COORDINATORS, OUR_COHORT),
        {"object_id": of.tool_taken, "name": "remove_tool"},
    ),
]
OWN_TOOLS = [
    Row("representation:tools", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row("representation:tool_write", OWN_ENROLMENT, {"pk": of.enrolment, "tool": of.tool_unwritten}),
]
