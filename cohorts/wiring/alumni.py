"""Graduates: their choices and what is offered to them, on pages and in menus."""

from cohorts.pages import alumni as pages
from cohorts.permissions import CohortPermission
from steppingup.desk import menu, workspace
from steppingup.site import topics

run = CohortPermission.RUN_COHORTS
menu.add_lists(
    "Cohorts",
    "cohorts",
    run,
    ("Graduates who agree", "record_voice_over", "alumnichoice"),
    ("Opportunities for graduates", "rocket_launch", "graduateoffer"),
)
workspace.add_ways(
    workspace.Way("participants", "Graduates who agree", workspace.narrowed("cohorts_alumnichoice"), run, "Afterwards")
)
topics.add_topics(*pages.TOPICS)
