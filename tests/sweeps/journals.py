"""What the participant of the world has written in their journal: an entry that is shared and was opened, and one that is not shared; and
what they talked about with their line manager."""

from typing import Any

from cohorts.actions import development
from tests.factories.cohorts import day
from tests.factories.conversations import manager_by_link, talked
from tests.factories.development import goal_of
from tests.factories.journal import entry_of, file_of, opened, shared_with

#: Words of entries, as no other text has them.
SHARED, PRIVATE, TAKEN_BACK = "Wemblequist", "Jorrimander", "Plinthavel"
#: Of a conversation.
TALK = "Quillowmere"
#: Of goals.
GOAL, OWN_GOAL = "Thornfellow", "Grimsolace"


def keep_a_journal(world: Any) -> None:
    things = world.things
    things.shared_entry = entry_of(things.enrolment, f"{SHARED} in the title", f"{SHARED} in the text")
    things.journal_file = file_of(things.shared_entry)
    things.sharing_with_manager = opened(shared_with(things.shared_entry))
    things.sharing_with_mentor = opened(shared_with(things.shared_entry, "mentor"))
    things.private_entry = entry_of(things.enrolment, f"{PRIVATE} in the title", f"{PRIVATE} in the text")
    file_of(things.private_entry)
    things.goal = goal_of(things.enrolment, GOAL)
    things.action = things.goal.actions.get()
    things.own_reached = development.reach(
        goal=goal_of(things.enrolment, OWN_GOAL), on=day(0), outcome=f"{OWN_GOAL} came of it", by=world.participant
    )
    opened(shared_with(things.goal.entry))
    things.own_goal = goal_of(things.enrolment, OWN_GOAL)
    things.talk = talked(things.enrolment, agreed=f"{TALK} in the morning", impact=f"{TALK} at work")
    things.managers_talk = talked(things.enrolment, by=world.manager)
    things.talk_token = manager_by_link(things.enrolment).link.raw
