"""The table of access: action plans, which the equality lead keeps."""

from tests.sweeps.access_models import model
from tests.sweeps.profiles import EQUALITY, OURS, hidden
from tests.sweeps.rows import Row, of

KEEP_IT = hidden(EQUALITY, OURS)
ADMIN_OF_PLANS = [
    *model("representation_actionplan", of.action_plan, view=EQUALITY, change=EQUALITY),
    *(
        Row(f"admin:representation_actionplan_{name}", KEEP_IT, {"pk": of.action_plan})
        for name in ("file", "word", "pdf")
    ),
    Row("admin:representation_actionplan_step", KEEP_IT, {"object_id": of.action_plan, "name": "hold_review"}),
    *model("representation_actionitem", of.plan_item, view=EQUALITY, change=EQUALITY),
    Row("admin:representation_actionitem_step", KEEP_IT, {"object_id": of.plan_item, "name": "report_progress"}),
    *model("representation_itemlead", of.plan_lead, view=EQUALITY),
    Row("admin:representation_itemlead_step", KEEP_IT, {"object_id": of.plan_lead, "name": "hand_over"}),
    *model("representation_planreading", of.plan_reading, view=EQUALITY, delete=("equality", "superuser")),
    Row("admin:representation_planreading_step", KEEP_IT, {"object_id": of.plan_reading, "name": "take_over"}),
    Row("admin:representation_planreading_look", KEEP_IT, {"pk": of.plan_reading}),
    *model("representation_planmeeting", of.plan_meeting, view=EQUALITY),
    Row("admin:representation_planmeeting_step", KEEP_IT, {"object_id": of.plan_meeting, "name": "close_review"}),
    *(
        Row(f"admin:representation_planmeeting_{name}", KEEP_IT, {"pk": of.plan_meeting})
        for name in ("walk", "minutes")
    ),
    Row("admin:representation_planmeeting_item", KEEP_IT, {"pk": of.plan_meeting, "item": of.plan_item}),
    *model("representation_group", of.plan_group, view=EQUALITY, change=EQUALITY),
    Row("admin:representation_group_step", hidden(()), {"object_id": of.plan_group, "name": "x"}),
    *model("representation_headsscheme", of.heads_scheme, view=EQUALITY, change=EQUALITY),
    Row("admin:representation_headsscheme_step", KEEP_IT, {"object_id": of.heads_scheme, "name": "tie_to_team"}),
    Row("admin:representation_headsscheme_board", KEEP_IT, {"pk": of.heads_scheme}),
]
