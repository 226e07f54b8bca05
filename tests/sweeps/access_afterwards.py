"""The table of access: pages of staff about what comes after a programme, and the steps there."""

from tests.sweeps.access_models import model
from tests.sweeps.profiles import COORDINATORS, OUR_COHORT, OURS, everyone, hidden
from tests.sweeps.rows import Row, of
from tests.sweeps.visits import SIGN_IN

RUN_IT = hidden(COORDINATORS, OUR_COHORT)
AFTER_IT = [
    *model("cohorts_alumnichoice", of.alumni_choice, view=COORDINATORS, within=OUR_COHORT),
    Row(
        "admin:cohorts_alumnichoice_step",
        everyone(404, visitor=SIGN_IN),  # it has none
        {"object_id": of.alumni_choice, "name": "x"},
    ),
    *model("cohorts_graduateoffer", of.graduate_offer, view=COORDINATORS, change=COORDINATORS),
    Row(
        "admin:cohorts_graduateoffer_step",
        hidden(COORDINATORS, OURS),
        {"object_id": of.graduate_offer, "name": "close_offer"},
    ),
    *model("cohorts_story", of.story, view=COORDINATORS, within=OUR_COHORT),
    Row("admin:cohorts_story_step", RUN_IT, {"object_id": of.story, "name": "note_use"}),
    *model("modules_talkfeedback", of.talk_feedback, view=COORDINATORS, within=OUR_COHORT),
    *model("cohorts_destination", of.destination, view=COORDINATORS, within=OUR_COHORT),
    Row("admin:cohorts_cohort_destinations", RUN_IT, {"pk": of.running}),
    Row("admin:cohorts_cohort_moved_on", RUN_IT, {"pk": of.running}),
    Row("admin:cohorts_destination_step", RUN_IT, {"object_id": of.destination, "name": "stop"}),
]
