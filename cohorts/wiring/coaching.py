"""Where coaching plugs in: its lists and tab, what waits, its pages, and what ends it or asks for another answer."""

from cohorts.actions import coaching
from cohorts.desk import coaching as desk
from cohorts.extensions import stands, when_employer_changes, when_withdrawn
from cohorts.models import CoachingRequest
from cohorts.pages import coaching as pages
from cohorts.permissions import CohortPermission
from steppingup.desk import menu, waiting, workspace
from steppingup.site import topics

__all__ = ["desk"]  # registers itself where it is imported

run = CohortPermission.RUN_COHORTS
menu.add_lists(
    "Cohorts",
    "cohorts",
    run,
    ("Coaching", "psychology_alt", "coachingrequest"),
    ("Coaches", "contacts", "coach"),
    first=42,
)
workspace.add_ways(
    workspace.Way("participants", "Coaching", workspace.narrowed("cohorts_coachingrequest"), run, "Support")
)
waiting.show_on_first_page("coaching", "Coaching", 41, CoachingRequest)
topics.add_topics(*pages.TOPICS)
when_withdrawn.add(coaching.end_with_place)
when_employer_changes.add(coaching.ask_anew_with_employer)
stands.add(coaching.stands)
