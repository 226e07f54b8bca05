"""Who may act: on tools that participants have taken."""

from typing import Any

from representation.models import ToolTaken
from tests.sweeps.may import OF_COHORT, PARTICIPANT, Row
from tests.sweeps.world import World

TOOLS = "representation.actions.tools"


def taken(w: World, thing: str = "tool_taken", **more: Any) -> dict[str, Any]:
    return {"tool": ToolTaken.objects.for_steps().get(pk=getattr(w.things, thing).pk), **more}


OF_TOOLS = [
    Row(
        f"{TOOLS}.record_tool",
        OF_COHORT,
        lambda w: {"enrolment": w.enrolment, "name": "Strengths", "paid_by": "nobody"},
    ),
    Row(f"{TOOLS}.remove_tool", OF_COHORT, taken),
    Row(f"{TOOLS}.write_about", PARTICIPANT, lambda w: taken(w, "tool_unwritten", text="I plan.")),
]
