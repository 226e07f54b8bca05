"""Where mentoring and shadowing at the own employer plug in: their list, their pages, and what ends them."""

from cohorts.actions import internal
from cohorts.desk import internal as desk
from cohorts.extensions import stands, when_employer_changes, when_withdrawn
from cohorts.pages import internal as pages
from cohorts.permissions import CohortPermission
from steppingup.desk import menu, workspace
from steppingup.site import topics

__all__ = ["desk"]  # registers itself where it is imported

run = CohortPermission.RUN_COHORTS
menu.add_lists("Cohorts", "cohorts", run, ("Internal mentors", "diversity_1", "internalmentor"), first=41)
workspace.add_ways(
    workspace.Way("participants", "Internal mentors", workspace.narrowed("cohorts_internalmentor"), run, "Support")
)
topics.add_topics(*pages.TOPICS)
when_withdrawn.add(internal.end_with_place)
when_employer_changes.add(internal.end_with_employer)
stands.add(internal.stands)
