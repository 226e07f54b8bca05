"""Where the development plan plugs in: its pages, and what all plans of a cohort are about."""

from cohorts.pages import development
from cohorts.permissions import CohortPermission
from steppingup.desk import workspace
from steppingup.site import topics

topics.add_topics(*development.TOPICS)
workspace.add_ways(
    workspace.Way(
        "participants",
        "Needs by theme",
        workspace.page_of("cohorts_cohort_plan_needs"),
        CohortPermission.RUN_COHORTS,
        "Days",
    ),
)
