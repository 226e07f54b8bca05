"""Where reports on assignments plug in: their list and tab, and the line manager's page."""

from cohorts.desk import reports as desk
from cohorts.pages import reports as pages
from cohorts.permissions import CohortPermission
from steppingup.desk import menu, workspace
from steppingup.site import sections

__all__ = ["desk"]  # registers itself where it is imported

run = CohortPermission.RUN_COHORTS
menu.add_lists("Cohorts", "cohorts", run, ("Reports on assignments", "rate_review", "placementreport"), first=40)
workspace.add_ways(workspace.Way("placements", "Reports", workspace.narrowed("cohorts_placementreport"), run))
sections.add_sections(*pages.SECTIONS)
