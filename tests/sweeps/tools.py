"""Tools that participants have taken, in the world of the sweeps."""

from typing import Any

from representation.actions.tools import write_about
from tests.factories import tools as make


def have_tools(world: Any) -> None:
    """A participant has taken two, and written about one of them."""
    things = world.things
    things.tool_taken = make.taken(things.enrolment, arranged_by="The council", recorded_by=world.coordinator)
    entry = write_about(tool=things.tool_taken, text="I plan, and others leap.", by=things.enrolment.participant)
    things.tool_result = entry.tool_result
    things.tool_unwritten = make.taken(things.enrolment, "Feedback from all sides")


def more_tools(world: Any, enrolment: Any) -> None:
    """One more of another participant, and one more of the same, who writes about it."""
    make.taken(enrolment, recorded_by=world.coordinator)
    mine = make.taken(world.enrolment, f"Tool {enrolment.pk}", recorded_by=world.coordinator)
    write_about(tool=mine, text="More.", by=world.enrolment.participant)
