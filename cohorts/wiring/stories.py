"""Stories: their places on pages and in menus."""

from cohorts.models import Story
from cohorts.pages import stories as pages
from cohorts.permissions import CohortPermission
from steppingup.desk import menu, waiting, workspace
from steppingup.site import topics

run = CohortPermission.RUN_COHORTS
menu.add_lists("Cohorts", "cohorts", run, ("Stories", "format_quote", "story"))
workspace.add_ways(workspace.Way("participants", "Stories", workspace.narrowed("cohorts_story"), run, "Afterwards"))
waiting.show_on_first_page("stories", "Stories", 53, Story)
topics.add_topics(*pages.TOPICS)
