"""Pauses, make-ups and forecasts: their places on pages, in menus and on Today."""

from cohorts.desk import outlook as desk
from cohorts.models import MakeUp
from cohorts.pages import outlook as pages
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.desk import menu, waiting, workspace
from steppingup.site import sections

__all__ = ["desk"]  # registers itself where it is imported

run = CohortPermission.RUN_COHORTS
menu.add_lists("Cohorts", "cohorts", run, ("Make-ups", "event_repeat", "makeup"))
workspace.add_ways(workspace.Way("participants", "Make-ups", workspace.narrowed("cohorts_makeup"), run))
sections.add_sections(*pages.SECTIONS)
waiting.show_on_first_page("make_ups", "Make-ups", 36, MakeUp)
merging.becomes({"cohorts.MakeUp.agreed_by": merging.Relation(merging.Fate.STAYS)})
