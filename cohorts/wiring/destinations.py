"""Where graduates are now: its places on pages and in menus."""

from cohorts.pages import destinations as pages
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.desk import menu, workspace
from steppingup.site import topics

run = CohortPermission.RUN_COHORTS
menu.add_lists("Cohorts", "cohorts", run, ("Where graduates are", "moving", "destination"))
workspace.add_ways(
    workspace.Way(
        "participants", "Where graduates are", workspace.page_of("cohorts_cohort_destinations"), run, "Afterwards"
    ),
    workspace.Way("participants", "Who moved on", workspace.page_of("cohorts_cohort_moved_on"), run, "Afterwards"),
)
topics.add_topics(*pages.TOPICS)
merging.becomes({"cohorts.DestinationAnswer.entered_by": merging.Relation(merging.Fate.STAYS)})
